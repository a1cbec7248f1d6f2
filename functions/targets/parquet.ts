/** Parquet files, whatever the target. */
export { parquetOf } from '../../shared/adapters/embedded/parquet.ts';
