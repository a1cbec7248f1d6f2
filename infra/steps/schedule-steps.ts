/** Steps for schedules. */
import type { ScheduleSpec } from '../declared/schedules.ts';
import type { Observed, ObservedSchedule } from './observed.ts';
import { differences, gcloud, type Step, type StepContext } from './step.ts';

/** Creates the schedules that are missing, updates those that differ, and switches them on or off. */
export function scheduleSteps(context: StepContext, { schedules }: Observed): Step[] {
  const location = `--location=${context.deployment.target.region}`;
  return context.deployment.schedules.flatMap((spec): Step[] => {
    const say = (...words: readonly string[]): ReturnType<typeof gcloud> =>
      gcloud(context, 'scheduler', 'jobs', ...words);
    const kind = spec.does.kind === 'publish' ? 'pubsub' : 'http';
    const pause = say('pause', spec.name, location);
    const what = `schedule ${spec.name}`;
    const found = schedules.get(spec.name);
    if (found === undefined) {
      const create = say('create', kind, spec.name, location, ...flagsOf(spec));
      // A new schedule is on, and nothing of gcloud makes one that is not.
      return [
        { what, change: 'create', because: [], commands: [create, ...(spec.isEnabled ? [] : [pause])] },
      ];
    }
    const { isEnabled, ...rest } = wantedOf(spec);
    const because = differences(rest, found);
    const commands = [
      ...(because.length === 0 ? [] : [say('update', kind, spec.name, location, ...flagsOf(spec))]),
      ...(isEnabled && !found.isEnabled ? [say('resume', spec.name, location)] : []),
      ...(!isEnabled && found.isEnabled ? [pause] : []),
    ];
    if (commands.length === 0) return [];
    const state = found.isEnabled ? 'it is on' : 'it is paused';
    return [
      {
        what,
        change: 'update',
        because: [...because, ...(found.isEnabled === isEnabled ? [] : [state])],
        commands,
      },
    ];
  });
}

/** The differences between a schedule and its specification, in words. */
export function scheduleDrift(spec: ScheduleSpec, found: ObservedSchedule): string[] {
  return differences(wantedOf(spec), found);
}

/** A schedule as it is when it is as specified; what it does not do has no value. */
function wantedOf({ cron, zone, isEnabled, does }: ScheduleSpec): ObservedSchedule {
  const nothing = { topic: '', body: '', uri: '', account: '' };
  const { kind: _, ...work } = does;
  return { cron, zone, isEnabled, ...nothing, ...work };
}

function flagsOf({ cron, zone, description, does }: ScheduleSpec): string[] {
  return [
    `--schedule=${cron}`,
    `--time-zone=${zone}`,
    ...(does.kind === 'publish'
      ? [`--topic=${does.topic}`, `--message-body=${does.body}`]
      : [`--uri=${does.uri}`, '--http-method=post', `--oauth-service-account-email=${does.account}`]),
    `--description=${description}`,
    '--max-retry-attempts=5',
    '--min-backoff=10s',
    '--max-backoff=300s',
  ];
}
