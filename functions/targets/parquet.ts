/** Parquet files, whatever the target. */
export { parquetFile, parquetOf } from '../../shared/adapters/embedded/parquet.ts';
