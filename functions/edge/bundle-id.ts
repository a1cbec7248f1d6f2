/**
 * Digest of the bundle that this code is part of; `sources` where it runs from its sources. The bundler replaces the value. So
 * a deployed service itself tells which bundle it runs, and the label of the service can be checked against it.
 */
export const BUNDLE: string = 'sources';
