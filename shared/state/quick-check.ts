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
  if (schema instanceof z.ZodString && !('format' in schema.def)) return (value) => typeof value === 'string';
  if (schema instanceof z.ZodNumberFormat) return schema.format === 'safeint' ? Number.isSafeInteger : ask;
  if (schema instanceof z.ZodNumber) return Number.isFinite;
  if (schema instanceof z.ZodBoolean) return (value) => typeof value === 'boolean';
  if (schema instanceof z.ZodNull) return (value) => value === null;
  if (schema instanceof z.ZodArray) {
    const element = quickCheckOf(schema.def.element);
    return (value) => Array.isArray(value) && (value.length === 0 || value.every((each) => element(each)));
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const options = schema.def.options.map(quickCheckOf);
    return (value) => options.some((option) => option(value));
  }
  if (schema instanceof z.ZodCustom) {
    const { fn } = schema.def;
    return (value) => Boolean(fn(value));
  }
  if (schema instanceof z.ZodObject && schema.def.catchall === undefined) return fieldsOf(schema.def.shape);
  return ask;
}

function hasChecks({ def }: z.ZodType): boolean {
  return (def.checks ?? []).length > 0;
}

/** The few values that a schema accepts; undefined for a schema of another kind. */
function valuesOf(schema: z.core.$ZodType): readonly unknown[] | undefined {
  if (schema instanceof z.ZodEnum) return Object.values(schema.def.entries);
  return schema instanceof z.ZodLiteral ? schema.def.values : undefined;
}

function fieldsOf(shape: z.core.$ZodShape): Check {
  const fields = Object.entries(shape)
    .map(([name, schema]) => {
      const isOptional =
        (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) && !hasChecks(schema);
      const inner: z.core.$ZodType = isOptional ? schema.def.innerType : schema;
      return { name, isOptional, check: quickCheckOf(inner), hasFewValues: valuesOf(inner) !== undefined };
    })
    // Fields of few values tell the options of a union from each other, so they are looked at first.
    .toSorted((a, b) => Number(b.hasFewValues) - Number(a.hasFewValues));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const found = value as Readonly<Record<string, unknown>>;
    return fields.every(({ name, isOptional, check }) => {
      const field = found[name];
      return field === undefined ? isOptional && !(name in found) : check(field);
    });
  };
}
