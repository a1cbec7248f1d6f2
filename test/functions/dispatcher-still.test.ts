/** Work that needs a home to stay as it is, such as a copy of it: no message is handled until all of it is done. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeDispatcher } from '../../functions/targets/embedded/dispatcher.ts';
import { memoryBus } from '../../functions/targets/simulated/memory-bus.ts';
import { topics } from '../../shared/derive/topics.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { ack } from '../../shared/ports/bus.ts';

/** A promise with the function that keeps it. */
function kept(): { readonly promise: Promise<void>; readonly keep: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, keep: () => resolve() };
}

function withMessages() {
  const bus = memoryBus(topics(), { clock: () => new Date(), ackDeadlineMs: 60_000, backoffMs: [1, 1] });
  let handled = 0;
  const dispatcher = makeDispatcher(
    bus,
    topics(),
    () => () => {
      handled += 1;
      return Promise.resolve(ack);
    },
    { runs: 1, fetches: 1, others: 1, pollMs: 5 },
  );
  onTestFinished(() => dispatcher.stop());
  return { dispatcher, publish: () => bus.publish(SWEEP_TOPIC, '{}'), handled: () => handled };
}

/** Long enough for a dispatcher that looks every 5 ms to have taken what it may take. */
const someLooks = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

describe('work while no message is handled', () => {
  it('keeps messages waiting until the last of two pieces that overlap is done', async () => {
    const { dispatcher, publish, handled } = withMessages();
    dispatcher.start();
    const [first, second] = [kept(), kept()];
    const both = [dispatcher.whileStill(() => first.promise), dispatcher.whileStill(() => second.promise)];
    await publish();
    await someLooks();
    expect([handled(), dispatcher.isBusy()]).toEqual([0, true]);
    first.keep();
    await both[0];
    await someLooks();
    expect([handled(), dispatcher.isBusy()]).toEqual([0, true]);
    second.keep();
    await both[1];
    await expect.poll(handled).toBe(1);
    await expect.poll(dispatcher.isBusy).toBe(false);
  });

  it('keeps a drain waiting, which then handles what has come', async () => {
    const { dispatcher, publish, handled } = withMessages();
    const copy = kept();
    const still = dispatcher.whileStill(() => copy.promise);
    await publish();
    const drained = dispatcher.drain();
    await someLooks();
    expect(handled()).toBe(0);
    copy.keep();
    await still;
    expect([await drained, handled()]).toEqual([1, 1]);
  });

  it('that fails lets messages be handled again', async () => {
    const { dispatcher, publish, handled } = withMessages();
    dispatcher.start();
    const failed = dispatcher.whileStill(() => Promise.reject(new Error('no room')));
    await expect(failed).rejects.toThrow('no room');
    await publish();
    await expect.poll(handled).toBe(1);
  });
});
