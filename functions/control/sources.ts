/** How the live sources are: whether each is asked, how it has answered, and which other one is asked in its place. */
import type { SourceSettings } from '../../shared/config.ts';
import {
  askedAgainAt,
  breakerOf,
  worstOf,
  type AskedStatus,
  type CanaryState,
  type SourceState,
} from '../../shared/domain/source-state.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { sourceState } from '../../shared/state/source-states.ts';
import { hostOf, isOn, reachingOf, whyOff } from '../sources/access.ts';
import { askCanary, type CanaryPorts } from '../sources/canary.ts';
import { SOURCES } from '../sources/index.ts';
import type { Endpoint, Source, Target } from '../sources/source.ts';

/** A live source as a person sees it. */
export interface SourceReport {
  readonly name: string;
  /**
   * `on`: it is asked, and its last answers were sound. `off (no key)`, `off` and `unproven`: it is not asked. `silent`: it has not
   * answered and is left for some minutes. Else what became of the last question.
   */
  readonly status: 'on' | 'off (no key)' | 'off' | 'unproven' | 'silent' | AskedStatus;
  /** When it last had a sound answer (ISO, UTC); null when it never had. */
  readonly lastGood: string | null;
  /** When it is asked next by itself (ISO, UTC); null when it is not. */
  readonly nextDue: string | null;
  /** Questions that may still be asked for what has been paid, as it last said; null where it does not say. */
  readonly credits: number | null;
  /** What became of the question about its known game; null when it has none, or was never asked. */
  readonly canary: CanaryState['status'] | null;
  /** The sources that are asked in its place, in the order in which they are asked; null when it is on, or when there are none. */
  readonly fallbackInForce: string | null;
  /** Whether its answers were compared with real ones. */
  readonly proven: boolean;
  /** Seconds until an answer, in the mean; null when it never was asked. */
  readonly seconds: number | null;
  /** Questions that were refused since the last sound answer. */
  readonly refusals: number;
  /** One line for each thing that is wrong, or that the operator can do. */
  readonly details: readonly string[];
}

export interface SourcesPorts {
  readonly store: StateStore;
  readonly settings: SourceSettings;
  /** By default those of the product. */
  readonly sources?: readonly Source[];
  /** When a source is asked next by itself; by default none is. */
  readonly nextDue?: (source: Source) => Date | null;
}

/** How all sources are, ordered by name. */
export async function sourceReports(ports: SourcesPorts, now: Date): Promise<SourceReport[]> {
  const { settings, sources = SOURCES } = ports;
  const known = await Promise.all(
    sources.map(async (source) => {
      const state = await sourceState(ports, hostOf(settings, source));
      return { source, state, status: statusOf(settings, source, state, now) };
    }),
  );
  const usable = known.filter(({ status }) => status === 'on').map(({ source }) => source);
  return known
    .map(({ source, state, status }): SourceReport => {
      const endpoints = Object.values(state.endpoints);
      const asked = endpoints.map(({ seconds }) => seconds);
      const due = isOn(settings, source) ? (ports.nextDue?.(source) ?? null) : null;
      return {
        name: source.name,
        status,
        lastGood:
          endpoints
            .flatMap(({ lastGood }) => lastGood ?? [])
            .toSorted()
            .at(-1) ?? null,
        nextDue: due?.toISOString() ?? null,
        credits: state.credits?.left ?? null,
        canary: state.canary?.status ?? null,
        fallbackInForce: status === 'on' ? null : inPlaceOf(source, usable),
        proven: source.proven,
        seconds: asked.length === 0 ? null : asked.reduce((sum, each) => sum + each, 0) / asked.length,
        refusals: endpoints.reduce((sum, { refusals }) => sum + refusals, 0),
        details: detailsOf(source, state, status, now),
      };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Asks the sources that are on about their known games, those that were not asked about it on this day.
 * @returns by source, what became of it
 */
export async function askCanaries(
  ports: CanaryPorts & { readonly settings: SourceSettings },
): Promise<ReadonlyMap<string, CanaryState>> {
  const found = new Map<string, CanaryState>();
  for (const source of SOURCES) {
    if (!isOn(ports.settings, source)) continue;
    const state = await askCanary(ports, source, reachingOf(ports.settings, source));
    if (state !== undefined) found.set(source.name, state);
  }
  return found;
}

function statusOf(
  settings: SourceSettings,
  source: Source,
  state: SourceState,
  now: Date,
): SourceReport['status'] {
  const why = whyOff(settings, source);
  if (why !== undefined) return why === 'no key' ? 'off (no key)' : why;
  if (breakerOf(state, now) === 'open') return 'silent';
  const worst = worstOf(Object.values(state.endpoints).map(({ status }) => status));
  return worst === undefined || FINE.has(worst) ? 'on' : worst;
}

const FINE: ReadonlySet<AskedStatus> = new Set(['fetched', 'unchanged', 'not_yet']);

/** The sources that are asked in the place of one, for all that it helps to know. */
function inPlaceOf(source: Source, usable: readonly Source[]): string | null {
  const own = targetsOf(source);
  const names = [...own].flatMap(([target, place]) => {
    const order = usable
      .flatMap((other) => {
        const at = targetsOf(other).get(target);
        return at === undefined || other === source ? [] : [{ name: other.name, at }];
      })
      .toSorted((a, b) => a.at - b.at);
    // A source before it in the order is asked in any case, and is no fallback.
    return order[0] === undefined || order[0].at < place ? [] : [order[0].name];
  });
  return names.length === 0 ? null : [...new Set(names)].join(', ');
}

/** What a source helps to know, with its first place in the order. */
function targetsOf({ endpoints }: Source): ReadonlyMap<Target, number> {
  const found = new Map<Target, number>();
  for (const { targets } of Object.values<Endpoint>(endpoints))
    for (const [target, place] of Object.entries(targets) as [Target, number][])
      found.set(target, Math.min(place, found.get(target) ?? Infinity));
  return found;
}

function detailsOf(
  { name, proven }: Source,
  state: SourceState,
  status: SourceReport['status'],
  now: Date,
): string[] {
  const { canary, endpoints } = state;
  const again = askedAgainAt(state, now);
  const isOff = status === 'off' || status === 'off (no key)' || status === 'unproven';
  return [
    ...(isOff
      ? []
      : Object.entries(endpoints).flatMap(([endpoint, { status: each, detail }]) =>
          FINE.has(each) || detail === null ? [] : [`${name}.${endpoint} ${detail}`],
        )),
    ...(again === null ? [] : [`${name} is asked again from ${again.slice(0, 16)}Z on`]),
    ...(canary === null || canary.status === 'same'
      ? []
      : [
          `${name}: the known game ${canary.subject} ${canary.detail ?? 'has no answer'} (${canary.at.slice(0, 10)})`,
        ]),
    ...(proven || isOff ? [] : [`${name} is unproven: its answers were never compared with real ones`]),
  ];
}
