/** What a live source answers to a question at a moment. */
import type { Facts } from './facts.ts';

export interface LiveAnswer {
  readonly status: number;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One live source of the league: what it answers at `at`; undefined for a path that it does not have.
 * @param path the path with the question, such as `/v1/games?date=2021-10-19`
 */
export type LiveSource = (path: URL, at: Date, facts: Facts) => LiveAnswer | undefined;

export function json(document: unknown, headers: Readonly<Record<string, string>> = {}): LiveAnswer {
  return {
    status: 200,
    body: JSON.stringify(document),
    headers: { 'content-type': 'application/json', ...headers },
  };
}

/** As a store of files says that there is no such file. */
export const NO_SUCH_FILE: LiveAnswer = { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' };
