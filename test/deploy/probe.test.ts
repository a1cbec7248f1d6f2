/** A probe goes the whole way, says which code answered, and does nothing else. */
import { describe, expect, it } from 'vitest';
import { codeOf } from '../../functions/steps/probe.ts';
import { handlerFor } from '../../functions/services/index.ts';
import { sendProbe, type Probing } from '../../infra/apply/verify.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import type { HandlerContext } from '../../functions/steps/context.ts';
import { registry } from '../support/deployment.ts';

const NOW = new Date('2024-01-02T03:04:05Z');

/** A context of which a probe may use the documents only. */
function pipeline() {
  const store = memoryStore();
  const log: string[] = [];
  const refused = new Proxy({} as never, {
    get: (_, name) => {
      throw new Error(`A probe has no business with ${String(name)}`);
    },
  });
  const context: HandlerContext = {
    ports: {
      store,
      publisher: refused,
      warehouse: refused,
      clock: () => NOW,
      log: ({ event }) => void log.push(event),
    },
    registry,
    policy: refused,
    bundle: 'sources',
    holder: 'a',
    archive: refused,
    load: () => Promise.reject(new Error('A probe loads nothing')),
  };
  const subscription = topics().find(({ name }) => name === SWEEP_TOPIC)?.subscription;
  if (subscription === undefined) throw new Error('The sweep has no subscription');
  const handle = handlerFor(context, subscription.consumer);
  let clock = 0;
  const probing = (deliver: boolean): Probing => ({
    publish: async (topic, body) => {
      if (deliver)
        expect(
          await handle({ topic, subscription: subscription.name, body, messageId: '1', attempt: 1 }),
        ).toEqual({
          kind: 'ack',
        });
    },
    read: (path) => store.get(path),
    now: () => clock,
    sleep: (ms) => {
      clock += ms;
      return Promise.resolve();
    },
  });
  return { store, log, probing };
}

const probe = { id: 'probe-1', topic: SWEEP_TOPIC, timeoutSeconds: 20, code: codeOf(registry) };

describe('a probe', () => {
  it('is answered by one document, and nothing else is touched', async () => {
    const { store, log, probing } = pipeline();
    expect(await sendProbe(probe, probing(true))).toMatchObject({ ok: true, faults: [] });
    expect(await store.list('probes')).toEqual([
      {
        id: 'probe-1',
        path: 'probes/probe-1',
        data: { id: 'probe-1', code: codeOf(registry), bundle: 'sources', answeredAt: NOW.toISOString() },
      },
    ]);
    expect(log).toEqual(['probe']);
  });

  it('that other code answers fails, and says so', async () => {
    const { probing } = pipeline();
    const answered = await sendProbe({ ...probe, code: 'another' }, probing(true));
    expect(answered).toMatchObject({ ok: false, faults: [expect.stringContaining('deploy again')] });
  });

  it('that nobody answers fails after its time, and says where to look', async () => {
    const { probing } = pipeline();
    const answered = await sendProbe(probe, probing(false));
    expect(answered).toMatchObject({
      ok: false,
      faults: [expect.stringMatching(/after 20 s: look at the logs/)],
    });
  });

  it('has another code when a table has', () => {
    const [first, ...others] = registry.all;
    if (first === undefined) throw new Error('There are no tables');
    const changed = { ...registry, all: [{ ...first, codeFingerprint: 'changed' }, ...others] };
    expect(codeOf(changed)).not.toBe(codeOf(registry));
    expect(codeOf({ ...registry, all: [...registry.all] })).toBe(codeOf(registry));
  });
});
