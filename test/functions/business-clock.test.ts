/** The clock of the live day can be set beside that of the machine, for a command, for a worker and for the processes of functions. */
import { describe, expect, it } from 'vitest';
import { configOf } from '../../scripts/cli/command.ts';
import { documentPorts } from '../../functions/targets/cloud/documents.ts';
import { readConfig, type Config } from '../../shared/config.ts';
import { businessNow } from '../../shared/ports/index.ts';

const DAY = 86_400_000;

/** Milliseconds by which the business clock of a process is ahead of that of the machine. */
function aheadOf(config: Config): number {
  const ports = documentPorts(config, () => undefined);
  expect(Math.abs(ports.clock().getTime() - Date.now())).toBeLessThan(10_000);
  return businessNow(ports).getTime() - ports.clock().getTime();
}

describe('the business clock', () => {
  it('is that of the machine where nothing is said', () => {
    expect(readConfig({}).clockAheadSeconds).toBe(0);
    expect(Math.abs(aheadOf(readConfig({ FULLCOURT_TARGET: 'emulator' })))).toBeLessThan(1000);
  });

  it('is ahead of it, or behind it, by the seconds that a process is told', () => {
    for (const seconds of [-86_400, 3600.5]) {
      const env = { FULLCOURT_TARGET: 'emulator', FULLCOURT_CLOCK_AHEAD_SECONDS: String(seconds) };
      expect(Math.abs(aheadOf(readConfig(env)) - seconds * 1000)).toBeLessThan(1000);
    }
    expect(() => readConfig({ FULLCOURT_CLOCK_AHEAD_SECONDS: 'tomorrow' })).toThrow(
      /FULLCOURT_CLOCK_AHEAD_SECONDS/,
    );
  });

  it('begins at --now, whatever the target', () => {
    for (const target of ['embedded', 'emulator']) {
      const { clockAheadSeconds } = configOf({ target, now: new Date(Date.now() - DAY).toISOString() }, {});
      expect(clockAheadSeconds * 1000).toBeGreaterThan(-DAY - 10_000);
      expect(clockAheadSeconds * 1000).toBeLessThan(-DAY + 10_000);
    }
  });
});
