/** What code does with the work and the messages of code of another version, and how it is told who answered. */
import { describe, expect, it } from 'vitest';
import { answeringRevisions } from '../../functions/control/revisions.ts';
import { completionsOf, overview } from '../../functions/control/status.ts';
import { why } from '../../functions/control/why.ts';
import { decoded } from '../../functions/edge/decoded.ts';
import { whatToDo } from '../../scripts/cli/dead-letters.ts';
import { completionText } from '../../scripts/cli/render.ts';
import { overviewText } from '../../scripts/cli/status.ts';
import { readConfig } from '../../shared/config.ts';
import { runTopic } from '../../shared/derive/topic-names.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { decode } from '../../shared/messages/decode.ts';
import { sweepRequested } from '../../shared/messages/schemas.ts';
import { ack, type Delivery } from '../../shared/ports/bus.ts';
import type { LogContext } from '../../shared/ports/tracer.ts';
import { deadLettersIn, runsIn, stateIn } from '../support/look.ts';
import { PHASE3_DATES, SEASON } from '../support/toy-league.ts';
import { TOY_DEFINITIONS, toyRegistry } from '../support/toy-tables.ts';
import { builtWorld, importedWorld } from '../support/toy-worlds.ts';
import { NEXT_VERSION } from '../support/two-versions.ts';
import { makeWorld, type World } from '../support/world.ts';

const DATE = PHASE3_DATES[0] as GameDate;
const NOWHERE: LogContext = { trace: { traceId: '0'.repeat(32), spanId: '0'.repeat(16), sampled: false } };

describe('a message with fields that this code does not know', () => {
  /** Handles sweeps with the given bodies. @returns what was told, and what the handler got */
  async function handled(deliveries: readonly Partial<Delivery>[]) {
    const { context, events } = makeWorld();
    const got: unknown[] = [];
    const handle = decoded(
      context,
      sweepRequested,
      () => NOWHERE,
      (_, message) => {
        got.push(message);
        return Promise.resolve(ack);
      },
    );
    const outcomes = [];
    for (const [i, delivery] of deliveries.entries())
      outcomes.push(
        await handle({
          subscription: 's',
          topic: 'nba-sweep',
          messageId: `m${i}`,
          attempt: 1,
          body: '{}',
          ...delivery,
        }),
      );
    return { got, outcomes, told: events.filter(({ event }) => event === 'unknown_field') };
  }
  const from = (sender: string): Pick<Delivery, 'attributes'> => ({ attributes: { sender } });

  it('is handled without them, and each field is told of once for each sender', async () => {
    const { got, told } = await handled([
      { body: '{"reconcile":true,"depth":1}', ...from('nba-sweep-00008-abc') },
      { body: '{"depth":2,"colour":"red"}', ...from('nba-sweep-00008-abc') },
      { body: '{"depth":3}', ...from('nba-sweep-00009-def') },
      { body: '{"depth":4}' },
      { body: '{"depth":5}' },
    ]);

    expect(got).toEqual([{ reconcile: true }, {}, {}, {}, {}]);
    expect(
      told.map(({ field, sender, messageId, severity }) => [field, sender, messageId, severity]),
    ).toEqual([
      ['depth', 'nba-sweep-00008-abc', 'm0', 'WARNING'],
      ['colour', 'nba-sweep-00008-abc', 'm1', 'WARNING'],
      ['depth', 'nba-sweep-00009-def', 'm2', 'WARNING'],
      ['depth', 'nba-sweep', 'm3', 'WARNING'],
    ]);
  });

  it('fills neither the log nor the memory, however many fields it has and however long they are', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 3000 }, (_, i) => [`field${i}${'x'.repeat(1000)}`, i]),
    );
    const { told, outcomes } = await handled([{ body: JSON.stringify(many) }, { body: '{"late":1}' }]);

    expect(outcomes).toEqual([ack, ack]);
    expect(told).toHaveLength(1000);
    expect(Math.max(...told.map(({ field }) => String(field).length))).toBe(200);
  });

  it('of a newer version is set aside and counted, with its sender', async () => {
    const { got, outcomes } = await handled([]);
    const { context, events } = makeWorld();
    const handle = decoded(
      context,
      sweepRequested,
      () => NOWHERE,
      () => Promise.resolve(ack),
    );
    const outcome = await handle({
      ...from('nba-sweep-00009-def'),
      ...{ subscription: 's', topic: 'nba-sweep', messageId: 'm', attempt: 1, body: '{"schemaVersion":2}' },
    });

    expect([got, outcomes]).toEqual([[], []]);
    expect(outcome).toMatchObject({
      kind: 'dead_letter',
      reason: expect.stringMatching(/^newer producer: /) as string,
    });
    expect(events).toMatchObject([
      { event: 'newer_producer', severity: 'ERROR', sender: 'nba-sweep-00009-def', subscription: 's' },
    ]);
  });
});

describe('a run that only newer code can read', () => {
  it('waits for that code, and has one letter however often the sweep asks again', async () => {
    let isDeployed = false;
    const world = makeWorld({
      from: await importedWorld(),
      codeOf: ({ consumer }) => (consumer !== 'run' || isDeployed ? NEXT_VERSION : {}),
    });
    const id = await world.request({ dates: [DATE], tables: ['team_offense'], through: 'phase3' });
    await world.run();
    for (let i = 0; i < 5; i++) {
      world.advance(world.policy.tellAgainSeconds + 1);
      await world.publish('nba-sweep', {});
      await world.run();
    }
    const open = runsIn(world).filter(({ state }) => state === 'requested');
    const letters = deadLettersIn(world);
    isDeployed = true;
    await world.settle();

    expect(open.map(({ attempt }) => attempt)).toEqual(open.map(() => 0));
    // The first request says by what it was caused, the repeated one does not.
    expect(letters.length).toBeLessThanOrEqual(2 * open.length);
    expect(letters.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(6 * open.length);
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(stateIn(world, 'team_offense', DATE)).toMatchObject({ status: 'success' });
  });
});

it('the list of dead letters says what to do with messages of newer code', () => {
  const decodedNewer = decode(sweepRequested, '{"schemaVersion":2}');
  const newer = { id: 'a1', reason: decodedNewer.ok ? '' : decodedNewer.reason };
  const other = { id: 'b2', reason: 'The message is not JSON' };

  expect(whatToDo([newer])).toEqual([
    '1 message is of newer code: deploy that code everywhere, then publish it again with: fullcourt dead-letters replay a1',
  ]);
  expect(whatToDo([newer, other, { ...newer, id: 'c3' }])).toEqual([
    '2 messages are of newer code: deploy that code everywhere, then publish each again with: fullcourt dead-letters replay ID',
    'Correct it with: fullcourt dead-letters edit b2 --message JSON; then: fullcourt dead-letters replay b2',
  ]);
  expect(whatToDo([other, other])).toEqual([
    'Correct one with: fullcourt dead-letters edit ID --message JSON; then: fullcourt dead-letters replay ID',
  ]);
});

describe('a table that only other code has', () => {
  const without = { registry: toyRegistry(TOY_DEFINITIONS.filter(({ name }) => name !== 'feature_store')) };
  const told = (world: World, event: string): readonly object[] =>
    world.events.filter((each) => each.event === event);

  it('keeps a backfill open that has it in its plan, until a person cancels it', async () => {
    const world = makeWorld({
      from: await importedWorld(),
      codeOf: ({ consumer }) => (consumer === 'backfill' ? {} : without),
    });
    const id = await world.request({ season: SEASON });
    await world.settle();
    for (let i = 0; i < 3; i++) {
      world.advance(world.policy.tellAgainSeconds + 1);
      await world.publish('nba-sweep', {});
      await world.run();
    }
    const waiting = await world.backfill(id);
    const runs = runsIn(world, 'feature_store');
    await world.cancel(id);
    await world.settle();

    expect(waiting).toMatchObject({ state: 'running' });
    expect(runs).toEqual([]);
    expect(told(world, 'backfill_of_other_code')).toEqual([
      expect.objectContaining({ backfillId: id, tables: ['feature_store'] }),
    ]);
    expect(await world.backfill(id)).toMatchObject({ state: 'cancelled' });
    expect(deadLettersIn(world)).toEqual([]);
  });

  it('has its runs left as they are, and a message about no run at all is set aside', async () => {
    const message = {
      ...{ schemaVersion: 1, kind: 'run_requested', eventId: 'e', correlationId: 'c', causationId: null },
      ...{
        runId: 'run-of-nobody',
        table: 'feature_store',
        mode: 'live',
        backfillId: null,
        through: 'phase4',
      },
      dates: [{ date: DATE, inputFingerprint: 'f' }],
    };
    const world = makeWorld({ from: await builtWorld(), codeOf: () => without });
    const before = runsIn(world, 'feature_store');
    const runId = before[0]?.runId ?? '';
    await world.publish(runTopic('phase4', 'live'), { ...message, runId });
    await world.publish(runTopic('phase4', 'live'), message);
    await world.run();

    expect(told(world, 'unknown_table')).toMatchObject([{ table: 'feature_store', runId }]);
    expect(runsIn(world, 'feature_store')).toEqual(before);
    expect(deadLettersIn(world)).toMatchObject([{ reason: 'There is no table feature_store' }]);
  });
});

describe('the revision that answered', () => {
  it('is what Cloud Run calls it', () => {
    expect(readConfig({ K_REVISION: 'nba-sweep-00007-abc' }).revision).toBe('nba-sweep-00007-abc');
    expect(readConfig({}).revision).toBeUndefined();
  });

  it('is in the run, in the run history and in the status of the date', async () => {
    const revision = 'nba-phase3-run-00007-abc';
    const world = makeWorld({
      from: await importedWorld(),
      codeOf: ({ consumer }) => (consumer === 'run' ? { revision } : {}),
    });
    await world.request({ dates: [DATE], through: 'phase3' });
    await world.settle();
    const ports = { ...world.context.ports, registry: world.registry };
    const seen = await completionsOf(ports, DATE);
    const ofRaw = seen.find(({ phase }) => phase === 'phase2')?.tables['nbac_schedule'];

    expect(runsIn(world, 'team_offense').at(-1)).toMatchObject({ state: 'settled', answeredBy: revision });
    expect(
      world.warehouse.history().filter(({ processor_name }) => processor_name === 'team_offense'),
    ).toMatchObject([{ service_revision: revision }]);
    expect(seen.find(({ phase }) => phase === 'phase3')?.tables['team_offense']).toMatchObject({
      status: 'success',
      answeredBy: revision,
    });
    expect(ofRaw).not.toHaveProperty('answeredBy');
    expect(completionText(seen)).toMatch(
      new RegExp(`^Answered by ${revision}: team_offense, .*player_summary`, 'm'),
    );
    expect((await why(ports, 'team_offense', DATE)).lastRun).toMatchObject({ answeredBy: revision });
  });

  it('is in the status of everything, one or several', async () => {
    let revision = 'nba-run-00007-abc';
    const world = makeWorld({ from: await importedWorld(), codeOf: () => ({ revision }) });
    const ports = { ...world.context.ports, registry: world.registry };
    const lines = async () => {
      const answeredBy = await answeringRevisions(ports);
      const found = { ...(await overview({ ...ports, backlog: () => undefined })), answeredBy };
      return overviewText({ ...found, home: 'h', origin: null }).split('\n');
    };
    await world.request({ dates: [DATE], through: 'phase3' });
    await world.settle();
    expect((await lines()).filter((line) => line.startsWith('Answered by'))).toEqual([
      'Answered by nba-run-00007-abc',
    ]);
    revision = 'nba-run-00008-def';
    await world.request({
      dates: [DATE],
      tables: ['player_summary'],
      through: 'phase3',
      force: true,
      requestId: 'again',
    });
    await world.settle();
    const told = await lines();
    expect(told).toContain('2 revisions have answered for the newest runs:');
    expect(told.filter((line) => line.startsWith('Answered by'))).toEqual([
      expect.stringMatching(/^Answered by nba-run-00007-abc: .*team_offense/),
      expect.stringMatching(/^Answered by nba-run-00008-def: .*player_summary/),
    ]);
  });

  it('is that of the last try', async () => {
    let revision: string | undefined = 'older';
    const world = makeWorld({
      from: await importedWorld(),
      codeOf: ({ consumer }) => (consumer === 'run' && revision !== undefined ? { revision } : {}),
    });
    world.setTrap((point) =>
      revision === 'older' && point.startsWith('before stage') ? 'throw' : undefined,
    );
    await world.request({ dates: [DATE], tables: ['team_offense'], through: 'phase3' });
    await world.run(() => runsIn(world, 'team_offense').at(-1)?.lastError != null);
    expect(runsIn(world, 'team_offense').at(-1)).toMatchObject({ answeredBy: 'older' });
    revision = undefined;
    await world.settle();

    expect(runsIn(world, 'team_offense').at(-1)).toMatchObject({ state: 'settled' });
    expect(runsIn(world, 'team_offense').at(-1)).not.toHaveProperty('answeredBy');
  });
});
