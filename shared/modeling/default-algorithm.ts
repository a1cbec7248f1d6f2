/** The kind of model that is trained when nobody names one. */
import type { Algorithm } from '../domain/models.ts';

export const DEFAULT_ALGORITHM: Algorithm = 'mean';
