/** On Google Cloud a function that does not know who may push does not start. */
import { describe, expect, it } from 'vitest';
import { registerService } from '../../functions/targets/cloud/function.ts';
import { services } from '../../shared/derive/services.ts';
import { deployment } from '../support/deployment.ts';

const never = (): Promise<never> => Promise.reject(new Error('opened'));
const gcp = { FULLCOURT_TARGET: 'gcp', FULLCOURT_PROJECT: 'hoops-1234' };
const push = {
  FULLCOURT_PUSH_ACCOUNT: 'nba-push@hoops-1234.iam.gserviceaccount.com',
  FULLCOURT_PUSH_AUDIENCE: 'https://nba-sweep-1.us-central1.run.app',
};

describe('a function on Google Cloud', () => {
  it.each(services().map(({ name }) => name))(
    '%s refuses to start without the settings of its pushes',
    (name) => {
      expect(() => registerService(name, never, gcp)).toThrow(
        /FULLCOURT_PUSH_ACCOUNT and FULLCOURT_PUSH_AUDIENCE: .* does not start without them/,
      );
    },
  );

  it.each([
    [{ ...gcp, FULLCOURT_PUSH_ACCOUNT: push.FULLCOURT_PUSH_ACCOUNT }, /go together/],
    [{ ...gcp, FULLCOURT_PUSH_AUDIENCE: push.FULLCOURT_PUSH_AUDIENCE }, /go together/],
    [
      { ...push, K_SERVICE: 'nba-sweep' },
      /FULLCOURT_TARGET: a deployed function is on the target gcp, not embedded/,
    ],
    [
      { ...push, FULLCOURT_TARGET: 'emulator', K_SERVICE: 'nba-sweep' },
      /a deployed function is on the target gcp, not emulator/,
    ],
  ])('refuses half of them, and every other target: %j', (env, message) => {
    expect(() => registerService('nba-sweep', never, env)).toThrow(message);
  });

  it('refuses another clock than that of the machine', () => {
    const env = { ...gcp, ...push, K_SERVICE: 'nba-sweep', FULLCOURT_CLOCK_AHEAD_SECONDS: '-86400' };
    expect(() => registerService('nba-sweep', never, env)).toThrow(
      /FULLCOURT_CLOCK_AHEAD_SECONDS: a deployed function goes by the clock of the machine/,
    );
  });

  it('starts with the settings that every function is deployed with', () => {
    for (const { entryPoint, environment } of deployment().functions)
      expect(() =>
        registerService(entryPoint, never, { ...environment, K_SERVICE: entryPoint }),
      ).not.toThrow();
  });

  it('starts without them where no platform calls it', () => {
    expect(() => registerService('nba-sweep', never, { FULLCOURT_TARGET: 'emulator' })).not.toThrow();
  });
});
