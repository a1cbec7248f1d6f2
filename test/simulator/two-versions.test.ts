/**
 * A backfill and a live date while two versions of the code answer, as during a deployment: the messages of one are read by the
 * other. Nothing is set aside, and the tables are those of one version alone. Where the newer code publishes messages that the
 * older one cannot read, they are set aside, and a replay after the deployment puts them through.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { replayDeadLetter } from '../../functions/control/dead-letters.ts';
import { completionsOf } from '../../functions/control/status.ts';
import { NO_FAULTS, type Faults } from '../../functions/targets/simulated/faults.ts';
import type { SimulatedCode } from '../../functions/targets/simulated/other-code.ts';
import type { Subscription } from '../../shared/derive/topics.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { buildRegistry } from '../../shared/domain/registry.ts';
import type { Random } from '../../shared/domain/seeded-random.ts';
import { isRaw } from '../../shared/domain/table.ts';
import { brokenPromises, comparableStates, contentsOf } from '../support/at-rest.ts';
import { deadLettersIn, runsIn } from '../support/look.ts';
import { simulate } from '../support/scenario.ts';
import { seedsFor } from '../support/seeds.ts';
import { DATES, PHASE3_DATES, SEASON, withChange, withMorePoints } from '../support/toy-league.ts';
import { COMPUTED_TABLES, registered, TOY_DEFINITIONS, toyRegistry } from '../support/toy-tables.ts';
import { cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { NEWER, NEXT_VERSION, OLDER } from '../support/two-versions.ts';
import { makeWorld, type World } from '../support/world.ts';

type CodeOf = (subscription: Subscription, random: Random) => SimulatedCode;

const SEEDS = seedsFor('model', { small: 2, ci: 4, all: 100 });

/** Faults that no message uses up its tries by. */
const FAULTS: Faults = {
  ...NO_FAULTS,
  steps: 3000,
  pause: 0.3,
  crash: 0.002,
  crashWorker: 0.001,
  duplicate: 0.1,
  delay: 0.1,
  loseAck: 0.03,
};

const BOXES = 'nbac_player_boxscores';
const LIVE_DATE = PHASE3_DATES[2] as GameDate;
/** The sources after a correction of one date has arrived. */
const CORRECTED = withChange(FIRST_SOURCES, BOXES, LIVE_DATE, withMorePoints);

/** The backfill of the season, and then a live correction of one of its dates. */
async function backfillAndLiveDate(world: World): Promise<string> {
  const id = await world.request({ season: SEASON, requestId: 'main' });
  await world.settle();
  await world.archiveRows({ [BOXES]: CORRECTED[BOXES] ?? [] });
  await world.ingest(BOXES, LIVE_DATE);
  await world.settle();
  return id;
}

const runsBy =
  (running: SimulatedCode, others: SimulatedCode): CodeOf =>
  ({ consumer }) =>
    consumer === 'run' ? running : others;

const MIXTURES: readonly (readonly [what: string, codeOf: CodeOf, revisions: readonly string[]])[] = [
  ['older producers of runs and newer consumers', runsBy(OLDER, NEWER), ['older']],
  ['newer producers of runs and older consumers', runsBy(NEWER, OLDER), ['newer']],
  [
    'either version for each message',
    (_, random) => (random.chance(0.5) ? OLDER : NEWER),
    ['newer', 'older'],
  ],
];

describe.each(MIXTURES)('%s', (_, codeOf, revisions) => {
  it.each(SEEDS)('end without a dead letter and with the same tables, seed %i', async (seed) => {
    const world = makeWorld({ seed, from: await importedWorld(), faults: FAULTS, workers: 3, codeOf });
    const id = await backfillAndLiveDate(world);
    const clean = await cleanWorld(CORRECTED);

    expect(deadLettersIn(world)).toEqual([]);
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(contentsOf(world)).toEqual(contentsOf(clean));
    expect(await brokenPromises(world)).toEqual([]);
    const known = new Set(runsIn(await importedWorld()).map(({ runId }) => runId));
    const own = runsIn(world).filter(({ runId }) => !known.has(runId));
    expect([...new Set(own.map(({ answeredBy }) => answeredBy))].sort()).toEqual(revisions);
  });
});

describe('whatever people do and whatever fails', () => {
  it.each(SEEDS)('two versions end like one, seed %i', async (seed) => {
    const { broken, story } = await simulate(seed, (_, random) => (random.chance(0.5) ? OLDER : NEWER));
    expect(broken, story.join('\n')).toEqual([]);
  });
});

describe('newer code has a table that older code does not have', () => {
  const [leaf] = TOY_DEFINITIONS.filter(({ name }) => name === 'feature_store');
  const without: SimulatedCode = {
    ...OLDER,
    registry: toyRegistry(TOY_DEFINITIONS.filter((each) => each !== leaf)),
  };

  it.each(SEEDS)('and nothing of it is set aside or lost, seed %i', async (seed) => {
    let isDeployed = false;
    const codeOf: CodeOf = ({ consumer }, random) =>
      isDeployed || consumer === 'backfill' || random.chance(0.5) ? NEWER : without;
    const world = makeWorld({ seed, from: await importedWorld(), faults: FAULTS, workers: 3, codeOf });
    const id = await world.request({ season: SEASON, requestId: 'main' });
    await world.settle();
    isDeployed = true;
    await world.settle();

    expect(deadLettersIn(world)).toEqual([]);
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(FIRST_SOURCES)));
    expect(await brokenPromises(world)).toEqual([]);
  });
});

describe('older code with other queries does the runs that newer code asks for', () => {
  const otherQueries: SimulatedCode = {
    ...OLDER,
    registry: buildRegistry(
      TOY_DEFINITIONS.map(registered).map((table) =>
        isRaw(table.definition) ? table : { ...table, codeFingerprint: 'older-queries' },
      ),
    ),
  };

  it.each(SEEDS)('and what it builds is known as built by its queries, seed %i', async (seed) => {
    let isDeployed = false;
    const codeOf: CodeOf = ({ consumer }) => (consumer === 'run' && !isDeployed ? otherQueries : NEWER);
    const world = makeWorld({ seed, from: await importedWorld(), faults: FAULTS, workers: 3, codeOf });
    const ids = [await world.request({ season: SEASON })];
    await world.settle();
    await world.archiveRows({ [BOXES]: CORRECTED[BOXES] ?? [] });
    // The later dates that read the corrected one are built again.
    ids.push(await world.request({ dates: [LIVE_DATE], from: 'phase2', restate: 'auto' }));
    await world.settle();
    const second = PHASE3_DATES[4] as GameDate;
    const sources = withChange(CORRECTED, BOXES, second, withMorePoints);
    await world.archiveRows({ [BOXES]: sources[BOXES] ?? [] });
    await world.ingest(BOXES, second);
    await world.settle();
    const causes = new Set<string | undefined>();
    for (const date of DATES)
      for (const { tables } of await completionsOf(
        { ...world.context.ports, registry: world.registry },
        date,
      ))
        for (const [table, { inputFingerprint, stale }] of Object.entries(tables))
          if (COMPUTED_TABLES.includes(table) && inputFingerprint !== null) causes.add(stale?.cause);

    expect(deadLettersIn(world)).toEqual([]);
    for (const id of ids) expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect([...causes]).toEqual(['code']);
    isDeployed = true;
    await world.request({ season: SEASON, only: 'stale' });
    await world.settle();
    const clean = await cleanWorld(sources);
    expect(comparableStates(world)).toEqual(comparableStates(clean));
    expect(contentsOf(world)).toEqual(contentsOf(clean));
    expect(await brokenPromises(world)).toEqual([]);
  });
});

describe('newer code publishes a newer schemaVersion', () => {
  // In the world of one seed it can happen that no older code meets a newer message.
  let setAside = 0;
  afterAll(() => expect(setAside).toBeGreaterThan(0));

  it.each(SEEDS)(
    'older code sets it aside, a replay after the deployment puts it through, seed %i',
    async (seed) => {
      let isDeployed = false;
      const codeOf: CodeOf = (_, random) => (isDeployed || random.chance(0.5) ? NEXT_VERSION : OLDER);
      const world = makeWorld({ seed, from: await importedWorld(), faults: FAULTS, workers: 3, codeOf });
      const id = await world.request({ season: SEASON, requestId: 'main' });
      await world.run();
      const letters = deadLettersIn(world);
      isDeployed = true;
      for (const letter of letters) await replayDeadLetter({ ...world.context.ports }, letter.id);
      await world.settle();

      setAside += letters.length;
      for (const { reason } of letters)
        expect(reason).toMatch(
          /^newer producer: the message has schemaVersion 2, .* reads schemaVersion 1\. Deploy/,
        );
      expect(deadLettersIn(world).filter(({ replayedAt }) => replayedAt === null)).toEqual([]);
      expect(await world.backfill(id)).toMatchObject({ state: 'done' });
      expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(FIRST_SOURCES)));
      expect(comparableStates(world)).toEqual(comparableStates(await cleanWorld(FIRST_SOURCES)));
      expect(await brokenPromises(world)).toEqual([]);
    },
  );
});
