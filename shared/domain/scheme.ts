/**
 * Version of the way in which fingerprints are made. A change of it marks every partition stale (`code`);
 * nothing is rebuilt until a person asks.
 */
export const SCHEME = 'fingerprint-1';
