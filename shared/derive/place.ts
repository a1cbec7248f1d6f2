/** Where the data of a deployment is, derived from the region of its functions. */

/** The region of a deployment when nobody names one. */
export const DEFAULT_REGION = 'us-central1';

/**
 * The location of the datasets and of the bucket: the multi-region around a region of the US or of Europe,
 * elsewhere the region itself.
 */
export function locationOf(region: string): string {
  if (region.startsWith('us-')) return 'US';
  return region.startsWith('europe-') ? 'EU' : region;
}
