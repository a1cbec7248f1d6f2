/** Steps for metrics, alert policies and the dashboard. */
import { alertFile, DASHBOARD_FILE, DASHBOARD_UPDATE_FILE, metricFile } from './files.ts';
import type { CommandLine } from './command-line.ts';
import type { Observed } from './observed.ts';
import { gcloud, holds, type Step, type StepContext } from './step.ts';

/** Creates the metrics that are missing, and updates those that differ. */
export function metricSteps(context: StepContext, { metrics }: Observed): Step[] {
  return context.deployment.metrics.flatMap((metric): Step[] => {
    const found = metrics.get(metric.name)?.document;
    if (found !== undefined && holds(found, metric)) return [];
    const change = found === undefined ? 'create' : 'update';
    return [
      {
        what: `metric ${metric.name}`,
        change,
        because: found === undefined ? [] : ['it is not as declared'],
        commands: [
          gcloud(
            context,
            'logging',
            'metrics',
            change,
            metric.name,
            `--config-from-file=${context.folder}/${metricFile(metric)}`,
          ),
        ],
      },
    ];
  });
}

/** Creates the alert policies that are missing, and updates those that differ. */
export function alertSteps(context: StepContext, { alerts }: Observed): Step[] {
  return context.deployment.alerts.flatMap((alert): Step[] => {
    const found = alerts.get(alert.policy.displayName);
    if (found !== undefined && holds(found.document, alert.policy)) return [];
    const file = `--policy-from-file=${context.folder}/${alertFile(alert)}`;
    const policies = ['alpha', 'monitoring', 'policies'];
    return [
      {
        what: `alert ${alert.id}`,
        change: found === undefined ? 'create' : 'update',
        because: found === undefined ? [] : ['it is not as declared'],
        // Names are not unique, so a second one would be made.
        done: named(context, alert.policy.displayName, ...policies),
        commands: [
          found === undefined
            ? gcloud(context, ...policies, 'create', file)
            : gcloud(context, ...policies, 'update', found.resource, file),
        ],
      },
    ];
  });
}

/** Creates the dashboard when it is missing, and replaces it when it differs. */
export function dashboardSteps(context: StepContext, { dashboards }: Observed): Step[] {
  const { dashboard } = context.deployment;
  const found = dashboards.get(dashboard.displayName);
  if (found !== undefined && holds(found.document, dashboard)) return [];
  const name = found === undefined ? DASHBOARD_FILE : DASHBOARD_UPDATE_FILE;
  const file = `--config-from-file=${context.folder}/${name}`;
  return [
    {
      what: `dashboard ${dashboard.displayName}`,
      change: found === undefined ? 'create' : 'update',
      because: found === undefined ? [] : ['it is not as declared'],
      done: named(context, dashboard.displayName, 'monitoring', 'dashboards'),
      commands: [
        found === undefined
          ? gcloud(context, 'monitoring', 'dashboards', 'create', file)
          : gcloud(context, 'monitoring', 'dashboards', 'update', found.resource, file),
      ],
    },
  ];
}

/** A command that prints the resource with this display name. */
function named(context: StepContext, displayName: string, ...group: readonly string[]): CommandLine {
  return gcloud(context, ...group, 'list', `--filter=displayName="${displayName}"`, '--format=value(name)');
}
