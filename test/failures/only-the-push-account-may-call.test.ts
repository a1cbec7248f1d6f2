import { describe, expect, it } from 'vitest';
import { answerPushes } from '../../functions/edge/push.ts';
import { sendProbe } from '../../infra/apply/verify.ts';
import { namesOf } from '../../shared/derive/names.ts';
import { services } from '../../shared/derive/services.ts';
import { deployedModel } from '../support/deployed-model.ts';

/** Whole again after each look. */
const shared = deployedModel();

describe('F-20 whoever pushes may call, and says who it is', () => {
  it('F-20 every push goes to a function that its account may call, with a token made out for that function', async () => {
    const { deployment, model } = await deployedModel();
    const subscriptions = [...model.things].filter(([key]) => key.startsWith('subscription '));
    expect(subscriptions).toHaveLength(deployment.subscriptions.length);
    for (const [key, found] of subscriptions) {
      const { pushEndpoint, oidcToken } = found['pushConfig'] as {
        pushEndpoint: string;
        oidcToken: { serviceAccountEmail: string; audience: string };
      };
      const called = deployment.functions.find(({ name }) => pushEndpoint.startsWith(`https://${name}-123`));
      expect(called, key).toBeDefined();
      expect(`${oidcToken.audience}/`, key).toBe(pushEndpoint);
      // The function looks for the same account and the same audience.
      expect(called?.environment).toMatchObject({
        FULLCOURT_PUSH_ACCOUNT: oidcToken.serviceAccountEmail,
        FULLCOURT_PUSH_AUDIENCE: oidcToken.audience,
      });
      expect(model.policies.get(`function ${called?.name}`)?.bindings).toEqual([
        { role: 'roles/run.invoker', members: [`serviceAccount:${oidcToken.serviceAccountEmail}`] },
      ]);
    }
  });

  it.each(services().map(({ name }) => name))(
    'F-20 finds that nobody may call %s any more, and mends it',
    async (name) => {
      const deployed = await shared;
      deployed.model.policies.delete(`function ${name}`);
      expect(await deployed.faults()).toContain(
        `serviceAccount:nba-push@hoops-1234.iam.gserviceaccount.com lacks roles/run.invoker on function ${name}`,
      );
      expect(await deployed.deploy()).toBe(1);
      expect(await deployed.faults()).toEqual([]);
    },
  );

  it('F-20 finds a push without a token, and the right to sign tokens that is gone', async () => {
    const deployed = await deployedModel();
    deployed.alter('subscription nba-phase2-complete-sub', ({ pushConfig }) => delete pushConfig.oidcToken);
    deployed.model.policies.delete('account nba-push@hoops-1234.iam.gserviceaccount.com');
    const faults = (await deployed.faults()).join('\n');
    expect(faults).toMatch(/nba-phase2-complete-sub: audience is "", not "https:/);
    expect(faults).toMatch(/nba-phase2-complete-sub: pushAccount is "", not "nba-push@/);
    expect(faults).toMatch(
      /gcp-sa-pubsub.* lacks roles\/iam\.serviceAccountTokenCreator on account nba-push@/,
    );
    expect(await deployed.deploy()).toBe(2);
    expect(await deployed.faults()).toEqual([]);
  });

  it('F-20 F-42 fails a deployment whose probe leaves no document, which is all that a push refused at the door leaves', async () => {
    let now = 0;
    const published: string[] = [];
    const probe = { id: 'probe-1', topic: 'nba-sweep', timeoutSeconds: 60, code: 'abc', bundle: 'b1' };
    const check = await sendProbe(probe, {
      publish: (topic, body) => Promise.resolve(published.push(`${topic} ${body}`)),
      read: () => Promise.resolve(undefined),
      sleep: (ms) => {
        now += ms;
        return Promise.resolve();
      },
      now: () => now,
    });
    expect(published).toEqual(['nba-sweep {"probeId":"probe-1"}']);
    expect(check.ok).toBe(false);
    expect(check.faults).toEqual([expect.stringContaining('no document probes/probe-1 after 60 s')]);
  });

  it('F-20 tells a person when pushes are refused, whichever subscription they are of', async () => {
    const { deployment } = await deployedModel();
    const alert = deployment.alerts.find(({ id }) => id === 'pushes-refused');
    const text = JSON.stringify(alert?.policy);
    expect(text).toContain('remote_server_4xx');
    for (const { name } of deployment.subscriptions) expect(text).toContain(`\\"${name}\\"`);
  });

  it('F-20 a function that is called by somebody else hands nothing to its handler', async () => {
    for (const service of services()) {
      const answer = answerPushes({
        service,
        names: namesOf(''),
        open: () => Promise.reject(new Error('the handler was reached')),
        verify: (authorization) =>
          Promise.resolve(authorization === 'Bearer good' ? 'accepted' : { refused: 'not the push account' }),
      });
      const push = (authorization?: string): ReturnType<typeof answer> =>
        answer({
          method: 'POST',
          headers: authorization === undefined ? {} : { authorization },
          body: {
            message: { data: '', messageId: '1' },
            subscription: `projects/p/subscriptions/${service.topics[0]?.subscription.name}`,
          },
        });
      expect((await push()).status, service.name).toBe(401);
      expect((await push('Bearer other')).status, service.name).toBe(401);
      expect((await push('Bearer good')).status, service.name).toBe(500);
    }
  });
});
