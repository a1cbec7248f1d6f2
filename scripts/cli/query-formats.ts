/** The flags of `query`, and the forms in which it prints rows. */

/** The forms in which `query` prints rows. */
export const QUERY_FORMATS = ['table', 'csv', 'json', 'ndjson', 'parquet'] as const;

export interface QueryFlags {
  readonly limit?: string;
  readonly format?: string;
  readonly portable?: boolean;
  readonly asKnownAt?: string;
  readonly dates?: string;
  readonly start?: string;
  readonly end?: string;
}
