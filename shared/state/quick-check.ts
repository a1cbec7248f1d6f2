/** Tests that say faster than the schema itself that a value is what the schema describes. Pure. */
import * as z from 'zod';

type Check = (value: unknown) => boolean;

/**
 * Makes the test of a schema. Where it says true, the schema accepts the value; where it says false, the schema has to be asked,
 * which also says why. It makes no copy of the value, and knows the kinds of schemas that large documents consist of; for any
 * other kind it asks the schema.
 */
export function quickCheckOf(schema: z.core.$ZodType): Check {
  const ask: Check = (value) => z.safeParse(schema, value).success;
  if (!(schema instanceof z.ZodType) || hasChecks(schema)) return ask;
  if (schema instanceof z.ZodReadonly) return quickCheckOf(schema.def.innerType);
  if (schema instanceof z.ZodNullable) {
    const inner = quickCheckOf(schema.def.innerType);
    return (value) => value === null || inner(value);
  }
  const values = valuesOf(schema);
  if (values !== undefined) return (value) => values.includes(value);
  if (schema instanceof z.ZodString && !('format' in schema.def)) return isText;
  if (schema instanceof z.ZodNumberFormat) return schema.format === 'safeint' ? isCount : ask;
  if (schema instanceof z.ZodNumber) return Number.isFinite;
  if (schema instanceof z.ZodBoolean) return (value) => typeof value === 'boolean';
  if (schema instanceof z.ZodNull) return (value) => value === null;
  if (schema instanceof z.ZodArray) {
    const element = quickCheckOf(schema.def.element);
    return (value) => Array.isArray(value) && (value.length === 0 || value.every((each) => element(each)));
  }
  if (schema instanceof z.ZodDiscriminatedUnion) return optionsOf(schema);
  if (schema instanceof z.ZodCustom) {
    const { fn } = schema.def;
    return (value) => Boolean(fn(value));
  }
  if (schema instanceof z.ZodObject && schema.def.catchall === undefined) return fieldsOf(schema.def.shape);
  return ask;
}

const isText: Check = (value) => typeof value === 'string';
const isCount: Check = Number.isSafeInteger;

function hasChecks({ def }: z.ZodType): boolean {
  return (def.checks ?? []).length > 0;
}

/** The few values that a schema accepts; undefined for a schema of another kind. */
function valuesOf(schema: z.core.$ZodType): readonly unknown[] | undefined {
  if (schema instanceof z.ZodEnum) return Object.values(schema.def.entries);
  return schema instanceof z.ZodLiteral ? schema.def.values : undefined;
}

/** A union whose options are told apart by the value of one field: only the option of that value is tried. */
function optionsOf({ def }: z.ZodDiscriminatedUnion): Check {
  const checks = def.options.map(quickCheckOf);
  const byValue = new Map<unknown, Check[]>();
  for (const [i, option] of def.options.entries()) {
    const field = option instanceof z.ZodObject ? option.def.shape[def.discriminator] : undefined;
    const values = field && valuesOf(field);
    const check = checks[i];
    if (values === undefined || check === undefined) return (value) => checks.some((each) => each(value));
    for (const value of values) byValue.set(value, [...(byValue.get(value) ?? []), check]);
  }
  return (value) => {
    const of = isFields(value) ? byValue.get(value[def.discriminator]) : undefined;
    return of !== undefined && of.some((check) => check(value));
  };
}

function fieldsOf(shape: z.core.$ZodShape): Check {
  // Documents have hundreds of thousands of texts and whole numbers, so these are looked at without a call for each.
  const texts: string[] = [];
  const counts: string[] = [];
  const others: { readonly name: string; readonly isOptional: boolean; readonly check: Check }[] = [];
  for (const [name, schema] of Object.entries(shape)) {
    const isOptional =
      (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) && !hasChecks(schema);
    const check = quickCheckOf(isOptional ? schema.def.innerType : schema);
    if (check === isText && !isOptional) texts.push(name);
    else if (check === isCount && !isOptional) counts.push(name);
    else others.push({ name, isOptional, check });
  }
  return (value) => {
    if (!isFields(value)) return false;
    for (const name of texts) if (typeof value[name] !== 'string') return false;
    for (const name of counts) if (!Number.isSafeInteger(value[name])) return false;
    for (const { name, isOptional, check } of others) {
      const field = value[name];
      if (field === undefined ? !isOptional || name in value : !check(field)) return false;
    }
    return true;
  };
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
