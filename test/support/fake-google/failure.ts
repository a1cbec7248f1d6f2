import type { Json } from './world.ts';

/** An error as Google's APIs report it. */
export function failure(code: number, status: string, message: string): Json {
  return { error: { code, status, message, errors: [{ reason: status, message }] } };
}
