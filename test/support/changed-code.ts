/** Whether code has changed since the branch of this commit left `main`, or with the last commit of `main` itself. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Folders and files that only run in the cloud and on its emulators. */
export const CLOUD_CODE = [
  'shared/adapters/gcp',
  'functions/edge',
  'functions/services',
  'functions/targets/cloud',
  'functions/targets/emulator',
  'infra/bundle',
  'scripts/cli/serve-emulator.ts',
] as const;

/** @returns true also when git does not know, as in a folder without history */
export function haveChanged(paths: readonly string[]): boolean {
  const head = git('rev-parse', 'HEAD');
  const left = git('merge-base', 'HEAD', 'origin/main') ?? git('merge-base', 'HEAD', 'main');
  const base = left === undefined || left === head ? git('rev-parse', 'HEAD~1') : left;
  if (base === undefined) return true;
  // What is not committed counts as well.
  const changed = git('diff', '--name-only', base, '--', ...paths);
  return changed === undefined || changed !== '';
}

function git(...args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}
