// Requests and replies judged by an OpenAPI 3.0 description: what is not in it, or is not as it says, is a complaint.
"use strict";

const Ajv = require("ajv");
const formats = require("ajv-formats");

const METHODS = ["get", "put", "post", "delete", "patch"];

exports.Description = class Description {
  #document;
  #routes = [];
  #typed = formats(new Ajv({ strict: false, validateSchema: false, allErrors: true }));
  #textual = formats(new Ajv({ strict: false, validateSchema: false, allErrors: true, coerceTypes: "array" }));

  /** From the text of a description. */
  constructor(text) {
    this.#document = JSON.parse(text, (_, value) => withNull(value));
    for (const ajv of [this.#typed, this.#textual]) ajv.addSchema(this.#document, "api");
    for (const [template, item] of Object.entries(this.#document.paths)) {
      for (const method of METHODS.filter((method) => item[method])) {
        this.#routes.push(this.#route(method, template, item));
      }
    }
    // Literal segments before parameters, judged from the left.
    this.#routes.sort((one, other) => (one.rank < other.rank ? -1 : 1));
  }

  /** The operation that a request means, with the values in its path. */
  find(method, path) {
    for (const route of this.#routes) {
      if (route.method !== method) continue;
      const values = route.shape.exec(path)?.slice(1).map(decodeURIComponent);
      if (values) return { route, path: Object.fromEntries(route.names.map((name, at) => [name, values[at]])) };
    }
    return undefined;
  }

  /** What is wrong with a request for `found`; nothing where all is well. */
  complaint({ route, path }, query, headers, body) {
    const named = new URLSearchParams(query);
    const given = { path, query: {}, header: headers };
    for (const name of new Set(named.keys())) {
      const all = named.getAll(name);
      given.query[name.replace(/\[\]$/, "")] = all.length > 1 ? all : all[0];
    }
    for (const name of Object.keys(given.query)) {
      if (!route.parameters.some((known) => known.in === "query" && known.name === name)) {
        return `the description has no query parameter ${name} there`;
      }
    }
    for (const parameter of route.parameters) {
      const value = given[parameter.in]?.[parameter.name];
      if (value === undefined && parameter.required) return `the parameter ${parameter.name} is missing`;
      if (value === undefined) continue;
      const wrong = this.#wrong(this.#textual, `${parameter.at}/schema`, { value }, "value");
      if (wrong) return `the parameter ${parameter.name}: ${wrong}`;
    }
    return this.#body(route, headers["content-type"], body);
  }

  /**
   * The description's own example of what answers an operation, once it is as its schema says. Some are not; some leave out what the
   * schema wants and lets be null.
   */
  example({ route }) {
    const [status, declared] = Object.entries(route.operation.responses).find(([code]) => /^2/.test(code));
    const at = this.#resolve(`${route.at}/responses/${status}`, declared);
    const content = at.value.content?.["application/json"];
    if (!content) return { status: Number(status), paged: false };
    const all = Object.values(content.examples ?? {}).map((one) => this.#value_of(one));
    const schema = `${at.at}/content/application~1json/schema`;
    const whole = [...all, content.example].find((example) => this.#made_whole(schema, example));
    if (whole === undefined) throw new Error(`${route.operation.operationId} has no example that is as its schema says`);
    return { status: Number(status), body: whole, paged: at.value.headers?.Link !== undefined };
  }

  /** The value of an example, which is there or somewhere else, or is itself an example that is somewhere else. */
  #value_of(example) {
    const { value } = this.#resolve("", example).value;
    return value?.$ref ? this.#value_of(value) : value;
  }

  /** Whether an example is as its schema says, once it has what that wants and lets be null. */
  #made_whole(schema, example) {
    const lacking = this.#errors(this.#typed, schema, { example }, "example").filter(({ keyword }) => keyword === "required");
    for (const { instancePath, params } of lacking) inside({ example }, instancePath)[params.missingProperty] = null;
    return this.#errors(this.#typed, schema, { example }, "example").length === 0;
  }

  #route(method, template, item) {
    const at = `#/paths/${template.replaceAll("~", "~0").replaceAll("/", "~1")}/${method}`;
    const inherited = (item.parameters ?? []).map((value, index) => [at.replace(/[^/]*$/, `parameters/${index}`), value]);
    const own = (item[method].parameters ?? []).map((value, index) => [`${at}/parameters/${index}`, value]);
    const parameters = [...inherited, ...own].map(([place, value]) => {
      const resolved = this.#resolve(place, value);
      return { ...resolved.value, at: resolved.at };
    });
    const names = [...template.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
    const spans = (name) => parameters.find((known) => known.name === name)?.["x-multi-segment"] === true;
    const shape = template.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{([^}]+)\}/g, (_, name) => (spans(name) ? "(.+)" : "([^/]+)"));
    const rank = template.split("/").map((part) => (part.includes("{") ? "1" : "0")).join("");
    return { method: method.toUpperCase(), at, operation: item[method], parameters, names, shape: new RegExp(`^${shape}$`), rank };
  }

  #body(route, type, body) {
    const declared = route.operation.requestBody;
    if (!declared) return body.length === 0 || body.toString() === "{}" ? undefined : "the description has no body there";
    const { at, value } = this.#resolve(`${route.at}/requestBody`, declared);
    if (body.length === 0) return value.required && !takesNothing(value) ? "the body is missing" : undefined;
    const known = Object.keys(value.content).find((media) => (type ?? "").startsWith(media));
    if (known !== "application/json") return known ? undefined : `the description has no body of ${type} there`;
    const parsed = JSON.parse(body);
    return this.#wrong(this.#typed, `${at}/content/application~1json/schema`, { body: parsed }, "body");
  }

  #resolve(at, value) {
    if (!value.$ref) return { at, value };
    return this.#resolve(value.$ref, inside(this.#document, value.$ref.slice(1)));
  }

  #wrong(ajv, at, holder, name) {
    const errors = this.#errors(ajv, at, holder, name);
    return errors.length === 0 ? undefined : ajv.errorsText(errors, { dataVar: "" });
  }

  /** What is wrong with `holder[name]`; ajv puts values of another type right only inside something. */
  #errors(ajv, at, holder, name) {
    const schema = { type: "object", properties: { [name]: { $ref: `api${encodeURI(at)}` } } };
    const key = `${name} ${at}`;
    const validate = ajv.getSchema(key) ?? ajv.addSchema(schema, key).getSchema(key);
    return validate(holder) ? [] : validate.errors;
  }
};

/** What a JSON pointer leads to. */
const inside = (value, pointer) =>
  pointer.split("/").slice(1).reduce((part, name) => part[name.replaceAll("~1", "/").replaceAll("~0", "~")], value);

const takesNothing = (body) => Object.values(body.content).every(({ schema }) => !(schema?.required?.length > 0));

/** `nullable` of OpenAPI 3.0 in the words of JSON Schema. */
function withNull(value) {
  if (value?.nullable !== true) return value;
  const { nullable, ...schema } = value;
  if (schema.enum) schema.enum = [...schema.enum, null];
  if (typeof schema.type === "string") return { ...schema, type: [schema.type, "null"] };
  return { anyOf: [schema, { type: "null" }] };
}
