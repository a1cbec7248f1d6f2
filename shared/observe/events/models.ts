/** What is told of the training of models. */
import { event } from './event.ts';

export const trainingFinished = event<'status' | 'modelId' | 'rows' | 'seconds' | 'detail'>({
  name: 'training_finished',
  severity: 'INFO',
  description:
    'The monthly retraining is done; `status` says whether its model is the new challenger, was known, or was refused.',
  text: ({ status, modelId, rows, seconds, detail }) =>
    ({
      challenger: `The model ${modelId} is the challenger; it has learned from ${rows} rows in ${seconds.toFixed(1)} s`,
      known: `The same rows give the model ${modelId} again; nothing has changed`,
      refused: `No model serves after this training on ${rows} rows: ${detail}`,
    })[status] ?? `A training is ${status}`,
  severityOf: ({ status }) => (status === 'refused' ? 'ERROR' : 'INFO'),
});
