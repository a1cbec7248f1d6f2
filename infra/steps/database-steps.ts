/** Steps for the Firestore database and its backups, and the reasons why a database cannot be used. */
import { TTL_FIELDS } from '../../shared/derive/document-ttl.ts';
import { UNINDEXED_FIELDS } from '../declared/document-indexes.ts';
import { bindingKey } from '../declared/iam.ts';
import { MARK_COLLECTION, markField, marksIn } from '../declared/mark.ts';
import { deploymentName } from '../declared/target.ts';
import { shellText, type CommandLine } from './command-line.ts';
import type { Observed } from './observed.ts';
import { gcloud, type Step, type StepContext } from './step.ts';

/** How long a daily backup is kept. */
const BACKUPS_KEPT = '28d';

/**
 * Creates the database when it is missing, marks it, and sees to it that a mistake can be taken back: any moment of the last
 * seven days, and a backup of every day.
 */
export function databaseSteps(context: StepContext, observed: Observed): Step[] {
  const { target } = context.deployment;
  const { database, ttls } = observed;
  const flag = `--database=${target.database}`;
  const what = `database ${target.database}`;
  const backups = ['firestore', 'backups', 'schedules'] as const;
  const create: Step = {
    what,
    change: 'create',
    because: [],
    // A database that somebody else has made meanwhile must not be taken for this one.
    mustBeNew: `If an interrupted deployment of yours has made it, mark it and go on: ${shellText(markCommand(context))} -- otherwise choose another with --database.`,
    done: gcloud(
      context,
      ...['firestore', 'fields', 'ttls', 'list', flag],
      ...[`--filter=name~${MARK_COLLECTION}/fields/${markField(target)}`, '--format=value(name)'],
    ),
    commands: [
      gcloud(
        context,
        ...['firestore', 'databases', 'create', flag, `--location=${target.region}`],
        ...['--type=firestore-native', '--delete-protection', '--enable-pitr'],
      ),
    ],
  };
  const recover: Step = {
    what,
    change: 'update',
    because: ['a moment of the past cannot be restored'],
    commands: [gcloud(context, 'firestore', 'databases', 'update', flag, '--enable-pitr')],
  };
  const mark: Step = {
    what: `mark on the ${what}`,
    change: 'create',
    because: [],
    commands: [markCommand(context)],
  };
  const backUp: Step = {
    what: `backups of the ${what}`,
    change: 'create',
    because: [],
    // A schedule is daily or weekly, and gcloud does not find a recurrence without settings of its own.
    done: gcloud(
      context,
      ...[...backups, 'list', flag, '--filter=NOT weeklyRecurrence:*', '--format=value(name)'],
    ),
    commands: [
      gcloud(context, ...backups, 'create', flag, '--recurrence=daily', `--retention=${BACKUPS_KEPT}`),
    ],
  };
  return [
    ...(database === undefined ? [create] : database.isRecoverable ? [] : [recover]),
    ...(marksIn(ttls).includes(markField(target)) ? [] : [mark]),
    ...(database?.hasDailyBackup === true ? [] : [backUp]),
  ];
}

function markCommand(context: StepContext): CommandLine {
  const { target } = context.deployment;
  return gcloud(
    context,
    ...['firestore', 'fields', 'ttls', 'update', markField(target)],
    ...[`--collection-group=${MARK_COLLECTION}`, `--database=${target.database}`, '--enable-ttl', '--async'],
  );
}

/** Why the database that exists cannot be used: it is elsewhere, of another kind, or of somebody else. */
export function databaseRefusals(context: StepContext, observed: Observed): string[] {
  const { target } = context.deployment;
  const { database, ttls } = observed;
  if (database === undefined) return [];
  const name = `the database ${target.database}`;
  const another = 'choose another with --database';
  const marks = marksIn(ttls);
  const isMarked = marks.includes(markField(target));
  return [
    ...(database.isNative ? [] : [`${name} is not in Native mode, which the pipeline needs: ${another}`]),
    ...(database.location === target.region
      ? []
      : [
          `${name} is in ${database.location}, and a database cannot move: deploy with --region ${database.location}, or ${another}`,
        ]),
    ...(marks.length > 0 && !isMarked
      ? [
          `${name} holds the documents of the deployment ${marks.join(', ')}, and ${deploymentName(target)} would write among them: ${another}`,
        ]
      : []),
    ...(marks.length > 0 || isKnown(context, observed)
      ? []
      : [
          `${name} exists, and nothing in it is of Fullcourt: ${another}. If you know that it may be used, mark it, and deploy again: ${shellText(markCommand(context))}`,
        ]),
  ];
}

/** Fewest settings of the product's collections that show whose documents a database without a mark holds. */
const TELLING_SETTINGS = 3;

/**
 * Whether a database without a mark is the deployment's all the same: its functions write to it, its accounts were given
 * their rights on it, which happens before it is created, or collections are set as only the product sets them.
 */
function isKnown({ deployment }: StepContext, observed: Observed): boolean {
  const { target, functions, bindings } = deployment;
  const isWritten = functions.some(
    ({ name }) => observed.functions.get(name)?.environment['FULLCOURT_DATABASE'] === target.database,
  );
  const isGranted = bindings.some(
    (binding) => binding.role === 'roles/datastore.user' && observed.bindings.has(bindingKey(binding)),
  );
  const settings = [
    ...TTL_FIELDS.filter(({ collection, field }) => observed.ttls.has(`${collection}/${field}`)),
    ...UNINDEXED_FIELDS.filter(({ collection, field }) => observed.unindexed.has(`${collection}/${field}`)),
  ];
  return isWritten || isGranted || settings.length >= TELLING_SETTINGS;
}
