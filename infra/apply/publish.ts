/** Publishes a message by gcloud, as a person would. */
import type { CommandLine } from '../steps/command-line.ts';
import { targetNames, type DeployTarget } from '../declared/target.ts';

/**
 * The command line that publishes a message.
 * @param topic name of the topic without the prefix of the deployment
 */
export function publishLine(
  target: Pick<DeployTarget, 'project' | 'prefix'>,
  topic: string,
  body: string,
): CommandLine {
  return {
    argv: [
      'gcloud',
      'pubsub',
      'topics',
      'publish',
      targetNames(target).resource(topic),
      `--message=${body}`,
      `--project=${target.project}`,
    ],
  };
}
