/**
 * A plan for an empty project as a shell script that runs by itself: with gcloud, bq and a login, but without this product.
 * It may be stopped and run again at any time.
 */
import { placeLine } from '../declared/places.ts';
import { deploymentName, type DeployTarget } from '../declared/target.ts';
import { quotedWord, shellText, type CommandLine } from './command-line.ts';
import type { Stage, Step } from './step.ts';
import { TROUBLES } from './troubles.ts';

/** The script. Its command lines name files in the folder that it lies in. */
export function runnableScript(target: DeployTarget, stages: readonly Stage[]): string {
  return [
    '#!/usr/bin/env bash',
    `# Deploys Fullcourt (${deploymentName(target)}) into the project ${target.project}.`,
    `# ${placeLine(target)}`,
    '# Needs the Google Cloud SDK with alpha, beta and bq (gcloud components install alpha beta bq), and a login',
    '# (gcloud auth login). When it stops, run it again: what is there already is left as it is, and the functions',
    '# are deployed again.',
    FUNCTIONS,
    passingFunction(),
    '',
    ...stages.flatMap(({ title, steps }) =>
      steps.length === 0 ? [] : [`# ${title}`, ...steps.flatMap(stepLines), ''],
    ),
    'echo "Everything is deployed."',
    '',
  ].join('\n');
}

function stepLines(step: Step): string[] {
  const { done, mustBeNew } = step;
  const how = mustBeNew === undefined ? (step.change === 'create' ? 'make' : 'run') : 'new';
  const said = mustBeNew === undefined ? '' : `advice=${quotedWord(mustBeNew)} `;
  const lines = step.commands.map((command) => `${said}${how} ${withInput(command)}`);
  const title = `echo ${quotedWord(step.what)}`;
  return done === undefined
    ? [title, ...lines]
    : [`if ! there ${shellText(done)}; then`, ...[title, ...lines].map((line) => `  ${line}`), 'fi'];
}

/** The file that a command reads is named before it, because it is read again at each try. */
function withInput({ argv, input }: CommandLine): string {
  const words = shellText({ argv });
  return input === undefined ? words : `from ${quotedWord(input)} ${words}`;
}

const FUNCTIONS = `
set -euo pipefail
cd "$(dirname "$0")"
export CLOUDSDK_CORE_DISABLE_PROMPTS=1
said=$(mktemp)
trap 'rm -f "$said"' EXIT

# Whether a command prints something.
there() { "$@" </dev/null >"$said" 2>/dev/null && [ -s "$said" ]; }

# Runs a command; what exists already is as good as made.
make() { attempt make "$@"; }

# Runs a command that must make something new.
new() { attempt new "$@"; }

# Runs a command that changes something.
run() { attempt run "$@"; }

# Runs a command until it succeeds, fails for good, or had its time.
attempt() {
  local how=$1 input=/dev/null waited=0 pause=5 patience
  shift
  if [ "$1" = from ]; then input=$2; shift 2; fi
  while true; do
    if "$@" <"$input" >"$said" 2>&1; then return 0; fi
    if [ "$how" != run ] && grep -Eqi 'already[ _]exists|you already own it' "$said"; then
      if [ "$how" = make ] || [ "$waited" -gt 0 ]; then return 0; fi
      stop "$@"
    fi
    patience=$(passing)
    if [ "$waited" -ge "$patience" ]; then stop "$@"; fi
    echo "  waits $pause s and tries again: $(tail -n 1 "$said")"
    sleep "$pause"
    waited=$((waited + pause))
    pause=$((pause * 2 > 60 ? 60 : pause * 2))
  done
}

stop() {
  printf '%q ' "$@" >&2
  echo >&2
  tail -n 12 "$said" >&2
  if [ -n "\${advice:-}" ]; then echo "$advice" >&2; fi
  echo "It stopped. What is done stays done; when the cause is removed, go on with: bash $(basename "$0")" >&2
  exit 1
}
`;

/** The function that prints for how many seconds the failure in \`$said\` may be waited out. */
function passingFunction(): string {
  return [
    '# For how many seconds a failure may be waited out; 0 when it does not pass.',
    'passing() {',
    '  local longest=0',
    ...TROUBLES.map(
      ({ says, seconds }) =>
        `  if [ "$longest" -lt ${seconds} ] && grep -qiF ${says.map((text) => `-e ${JSON.stringify(text)}`).join(' ')} "$said"; then longest=${seconds}; fi`,
    ),
    '  echo "$longest"',
    '}',
  ].join('\n');
}
