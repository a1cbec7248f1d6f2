/**
 * Digest of the bundle that this code is part of; `sources` where it is in none. The bundler puts it here, so that what
 * answers says itself what it is, whatever the label of its service says.
 */
export const BUNDLE: string = 'sources';
