import { describe } from 'vitest';
import { simulateShare } from '../support/many-seeds.ts';

describe('the pipeline under faults, even seeds', () => simulateShare(0, 2));
