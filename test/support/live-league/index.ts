/**
 * Live sources of a simulated season: they answer what would be known at a moment of a clock that a test sets, over the HTTP port
 * in memory or over a server on the loopback address, and do what goes wrong with sources by a script.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  simulateLeague,
  type LeagueOptions,
  type SimulatedSeason,
} from '../../../scripts/simulate/league.ts';
import { SOURCES } from '../../../functions/sources/index.ts';
import type { Http, HttpAnswer } from '../../../shared/ports/http.ts';
import type { LiveAnswer, LiveSource } from './answers.ts';
import { balldontlie } from './balldontlie.ts';
import { espn } from './espn.ts';
import { factsOf, type Facts } from './facts.ts';
import { nbaCdn } from './nba-cdn.ts';
import { oddsApi } from './odds-api.ts';

export type { LiveAnswer } from './answers.ts';
export type { Facts } from './facts.ts';

const LIVE_SOURCES: Readonly<Record<string, LiveSource>> = {
  balldontlie,
  espn,
  nba_cdn: nbaCdn,
  odds_api: oddsApi,
};

/** A question that was asked. */
export interface AskedOfLeague {
  readonly source: string;
  readonly path: string;
  readonly at: Date;
}

/**
 * What is done with a question: an answer, which may take long; no answer within the time of a question, or one that comes drop by drop;
 * or no connection.
 */
export type Spoken = (LiveAnswer & { readonly seconds?: number }) | 'hang' | 'drip' | 'unreachable';

/** What the source that was asked says to another question, or at another time. */
export type ToldOtherwise = (other: { readonly path?: string; readonly at?: Date }) => LiveAnswer | undefined;

/**
 * What is done in place of an answer; undefined for the answer itself.
 * @param answer what the source would say
 */
export type LeagueFault = (
  asked: AskedOfLeague,
  answer: LiveAnswer | undefined,
  told: ToldOtherwise,
) => Spoken | undefined;

export interface LiveLeague {
  readonly facts: Facts;
  /** The address of a source, for `FULLCOURT_SOURCE_<NAME>_URL`: it works over {@link LiveLeague.http} only. */
  readonly addressOf: (source: string) => string;
  /** Answers without a network. A question that hangs is answered at once, and says that it took 15 s. */
  readonly http: Http;
  /** The answer of a source, as over {@link LiveLeague.http}. */
  readonly say: (source: string, path: string) => Spoken;
  /** Everything that was asked, in order. */
  readonly asked: AskedOfLeague[];
  /** Sets what goes wrong from now on. */
  readonly fail: (fault: LeagueFault | undefined) => void;
}

/** The first season of a league. */
export function seasonOfLeague(options: LeagueOptions): SimulatedSeason {
  const [played] = simulateLeague({ ...options, seasons: 1 });
  if (played === undefined) throw new Error('the league has no season');
  return played;
}

/** @param clock what counts as now for the sources */
export function liveLeague(options: LeagueOptions, clock: () => Date): LiveLeague {
  return liveLeagueOf(seasonOfLeague(options), clock);
}

/** @param clock what counts as now for the sources */
export function liveLeagueOf({ season, files }: SimulatedSeason, clock: () => Date): LiveLeague {
  const facts = factsOf(season, files);
  const asked: AskedOfLeague[] = [];
  let fault: LeagueFault | undefined;
  const answerOf = (source: string, path: string): Spoken => {
    const question = { source, path, at: clock() };
    asked.push(question);
    const told: ToldOtherwise = (other) =>
      LIVE_SOURCES[source]?.(
        new URL(other.path ?? path, 'http://league.invalid'),
        other.at ?? question.at,
        facts,
      );
    const answer = told({});
    return fault?.(question, answer, told) ?? answer ?? { status: 404, body: '' };
  };
  const http: Http = {
    ask: ({ url }) => {
      const { hostname, pathname, search } = new URL(url);
      return Promise.resolve(spoken(answerOf(sourceOf(hostname), `${pathname}${search}`)));
    },
  };
  return {
    facts,
    addressOf: (source) => `http://${hostOf(source)}`,
    http,
    say: answerOf,
    asked,
    fail: (next) => (fault = next),
  };
}

/**
 * Serves the sources of a league on the loopback address, each at a port of its own, as the setting `FULLCOURT_SOURCE_<NAME>_URL` wants
 * it: `http://127.0.0.1:4321`. A source of which the league has no answers is not found.
 */
export async function serveLeague(league: LiveLeague) {
  const servers = await Promise.all(SOURCES.map(({ name }) => serveSource(league, name)));
  const addresses = new Map(servers.map(({ name, address }) => [name, address]));
  return {
    /** @throws Error when there is no such source */
    addressOf: (source: string): string => {
      const address = addresses.get(source);
      if (address === undefined) throw new Error(`there is no source ${source}`);
      return address;
    },
    close: async (): Promise<void> => {
      await Promise.all(servers.map(({ close }) => close()));
    },
  };
}

async function serveSource(league: LiveLeague, name: string) {
  const server = createServer((request, response) => {
    const said = league.say(name, request.url ?? '/');
    if (said === 'unreachable') response.destroy();
    else if (said === 'drip') drip(response);
    else if (said !== 'hang') response.writeHead(said.status, { ...said.headers }).end(said.body);
    // A question that hangs has no answer at all.
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    name,
    address: `http://127.0.0.1:${port}`,
    close: (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A byte now and then, and never the last one. */
function drip(response: ServerResponse): void {
  response.writeHead(200);
  const dripping = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(dripping));
}

// A name of a host has no underscores.
const hostOf = (source: string): string => `${source.replaceAll('_', '-')}.league.invalid`;
const sourceOf = (host: string): string => host.replace(/\..*/, '').replaceAll('-', '_');

function spoken(answer: Spoken): HttpAnswer {
  if (answer === 'hang' || answer === 'drip') return { kind: 'nothing', why: 'hung', seconds: 15 };
  if (answer === 'unreachable') return { kind: 'nothing', why: 'unreachable', seconds: 5 };
  const { status, body, headers = {}, seconds = 0.1 } = answer;
  return { kind: 'answer', status, headers, body: Buffer.from(body), seconds };
}
