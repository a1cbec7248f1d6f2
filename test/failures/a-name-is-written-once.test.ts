import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { answerPushes } from '../../functions/edge/push.ts';
import { runtimeAccount } from '../../infra/declared/accounts.ts';
import { namesOf } from '../../shared/derive/names.ts';
import { services } from '../../shared/derive/services.ts';
import { completeTopic } from '../../shared/derive/topic-names.ts';
import { decode } from '../../shared/messages/decode.ts';
import { runCompleted } from '../../shared/messages/schemas.ts';
import type { RunDocument } from '../../shared/state/documents.ts';
import { completionOf } from '../../shared/state/runs.ts';
import { deployment, registry, target } from '../support/deployment.ts';
import { contentsOf, partitionsOf } from '../support/at-rest.ts';
import { deadLettersIn, runsIn } from '../support/look.ts';
import { drain, watchIntents, worldFrom } from '../support/stepping.ts';
import { builtWorld } from '../support/toy-worlds.ts';

/** A run of the toy league that has been settled with success. */
async function settledRun(): Promise<RunDocument> {
  const [run] = runsIn(await builtWorld(), 'team_offense').filter(({ outcome }) => outcome !== null);
  if (run === undefined) throw new Error('Nothing was built');
  return run;
}

const NEVER = 'this message is never handled';

describe('F-12 a name is written once, and what has another name is not counted', () => {
  it.each(['', 'staging_'])(
    'F-12 each function takes the pushes of exactly the subscriptions that call it (prefix "%s")',
    async (prefix) => {
      const names = namesOf(prefix);
      const { functions, subscriptions } = deployment(target(prefix));
      for (const spec of functions) {
        const taken: string[] = [];
        const answer = answerPushes({
          service: spec.service,
          names,
          open: () => Promise.reject(new Error(NEVER)),
        });
        for (const { name } of subscriptions) {
          const { status, document } = await answer({
            method: 'POST',
            headers: {},
            body: {
              message: { data: '', messageId: '1' },
              subscription: `projects/hoops-1234/subscriptions/${name}`,
            },
          });
          // Opening what the handler needs is what comes after the name was recognised.
          if (status === 500 && JSON.stringify(document).includes(NEVER)) taken.push(name);
          else expect(status, `${spec.name} ${name}`).toBe(404);
        }
        const calling = subscriptions.filter(({ endpoint }) => endpoint.startsWith(`https://${spec.name}-`));
        expect(taken.toSorted(), spec.name).toEqual(calling.map(({ name }) => name).sort());
      }
    },
  );

  it('F-12 publishes and deploys by the same names: committed topics, functions and accounts are the derived ones', () => {
    const committed = readFileSync(new URL('../../infra/generated/deploy.sh', import.meta.url), 'utf8');
    const words = committed.replaceAll(/ \\\n +/g, ' ');
    for (const service of services()) {
      expect(words).toContain(`--function=${service.name} `);
      expect(words).toContain(
        `--service-account=${runtimeAccount(target('', { project: 'PROJECT' }), service).email}`,
      );
      for (const { name } of service.topics) {
        expect(words).toContain(`gcloud pubsub topics create ${name} `);
        expect(words).toContain(`gcloud pubsub subscriptions create ${name}-sub --topic=${name} `);
      }
    }
  });

  it('F-12 F-27 what a run announces is what its consumers accept, for every registered table', async () => {
    const run = await settledRun();
    for (const { definition } of registry.all) {
      const event = completionOf({}, { ...run, table: definition.name }, run.outcome ?? []);
      const decoded = decode(runCompleted, JSON.stringify(event));
      expect(decoded.ok ? decoded.value : decoded.reason).toEqual({ ...event, table: definition.name });
      expect(decoded.ok && registry.has(decoded.value.table)).toBe(true);
      const topic = completeTopic(definition.phase);
      const consumers = services().filter((service) => service.topics.some(({ name }) => name === topic));
      expect(consumers.map(({ consumer }) => consumer)).toEqual(['orchestrate']);
    }
  });

  it.each([
    'TeamOffenseProcessor',
    'teamOffense',
    'team-offense',
    'team_offense_v2',
    'team_offense_batch',
    'AsyncTeamOffense',
    'nba_analytics.team_offense',
    'team_offensé',
    'Team_Offense',
    ' team_offense',
  ])('F-12 sets "%s" aside with its reason and counts nothing', async (name) => {
    const world = await worldFrom(builtWorld());
    const [states, contents] = [partitionsOf(world), contentsOf(world)];
    const intents = watchIntents(world);
    const run = await settledRun();
    await world.publish(
      completeTopic('phase3'),
      completionOf({}, { ...run, table: name }, run.outcome ?? []),
    );
    await drain(world);
    await world.settle();
    expect(partitionsOf(world)).toEqual(states);
    expect(contentsOf(world)).toEqual(contents);
    expect(intents).toEqual([]);
    expect(deadLettersIn(world)).toMatchObject([
      { topic: 'nba-phase3-complete', reason: `There is no table ${name}` },
    ]);
  });
});
