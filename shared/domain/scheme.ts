/** Version of how fingerprints are made; a change makes every partition stale by code, and rebuilds nothing by itself. */
export const SCHEME = 'fingerprint-1';
