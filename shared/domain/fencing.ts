/**
 * Fencing tokens. A row carries the token of the run that has published it, and no run publishes over rows with a larger one.
 * The token of a partition counts the runs that were asked for. The n-th run begins with n times 1000, and each process that
 * takes the run over adds 1.
 */

/** Distance between the tokens of two runs of a partition. A run may have this many attempts before the two could meet. */
const TAKEOVERS = 1000;

/** The first token of the run that the token of a partition counts. */
export function runToken(partitionToken: number): number {
  return partitionToken * TAKEOVERS;
}

/** The token of a partition whose rows carry `token`, so that its next run has a larger one. */
export function partitionToken(token: number): number {
  return Math.floor(token / TAKEOVERS);
}
