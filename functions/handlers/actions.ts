/** Carries out what was decided. */
import type { Action } from '../../shared/domain/decide.ts';
import { isInFlight, type LiveWant, type Mode } from '../../shared/domain/partition.ts';
import type { Phase } from '../../shared/domain/table.ts';
import { stateOf, type View } from '../../shared/domain/view.ts';
import { clearWant, markBlocked, markStale, markWaiting, reopen, requestRun } from '../../shared/state/completions.ts';
import type { App } from './app.ts';
import { judgeInputs } from './gates.ts';

/** On whose behalf the actions are carried out. */
export interface Errand {
  readonly mode: Mode;
  readonly backfillId: string | null;
  readonly through: Phase;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** A person has accepted that inputs are missing: gates are recorded as passed by decision. */
  readonly acceptMissing: boolean;
}

/** @returns the outbox events to dispatch */
export async function carryOut(app: App, view: View, actions: readonly Action[], errand: Errand): Promise<string[]> {
  const { ports, registry } = app;
  const events: string[] = [];
  for (const action of actions) {
    switch (action.kind) {
      case 'mark stale':
        await markStale(ports, registry, action.ref, action.cause, action.because);
        break;
      case 'block':
        await markBlocked(ports, registry, action.ref, action.for, [], errand.backfillId);
        break;
      case 'wait':
        await markWaiting(ports, registry, action.ref, action.for, action.want);
        break;
      case 'request run': {
        const event = await request(app, view, action, errand);
        if (event !== undefined) events.push(event);
        break;
      }
      default:
        action satisfies never;
    }
  }
  return events;
}

async function request(app: App, view: View, action: Action & { kind: 'request run' }, errand: Errand): Promise<string | undefined> {
  const { ports, registry } = app;
  const dates = action.dates.map(({ date }) => date);
  if (!errand.acceptMissing) {
    const { verdict, lying } = await judgeInputs(app, view, action.table, dates);
    if (verdict.verdict !== 'pass') {
      ports.log({ severity: 'WARNING', event: 'gate_closed', table: action.table, dates, gate: verdict });
      for (const ref of lying) await reopen(ports, registry, ref, 'the warehouse holds fewer rows than recorded');
      for (const date of dates) await markBlocked(ports, registry, { table: action.table, date }, lying, [verdict], errand.backfillId);
      return undefined;
    }
  }
  const want = wantOf(view, action.table, dates, errand);
  const asked = await requestRun(ports, registry, { ...errand, table: action.table, dates: action.dates, want });
  return asked?.eventId;
}

function wantOf(view: View, table: string, dates: readonly Action['kind'][] | readonly string[], errand: Errand): LiveWant | null {
  if (errand.mode !== 'live') return null;
  const first = dates[0];
  const known = first === undefined ? undefined : stateOf(view, table, first as never);
  return known?.want ?? { through: errand.through, correlationId: errand.correlationId };
}

/** Forgets live wants of partitions that turned out to be built already from the same inputs. */
export async function forgetMetWants(app: App, view: View): Promise<void> {
  for (const season of view.seasons.values()) {
    for (const [table, states] of season.states) {
      for (const [date, state] of Object.entries(states)) {
        if (state.want === null || isInFlight(state) || state.status === 'waiting' || state.waitingFor.length > 0) continue;
        await clearWant(app.ports, app.registry, { table, date: date as never });
      }
    }
  }
}
