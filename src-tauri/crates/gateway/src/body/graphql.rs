use std::collections::HashMap;

use apollo_parser::{
    Parser,
    cst::{self, CstNode},
};
use valetkey_core::body::{GraphDocument, GraphKind, Selection};

use super::{BodyError, json::Json};

/// Deepest nesting, of what is written and of what it becomes once fragments stand where they are used.
const DEEPEST: usize = 64;
/// Most tokens of a document.
const MOST_TOKENS: usize = 32 * 1024;
/// Most selections once fragments stand where they are used; a short document can ask for a great deal by them.
const MOST_SELECTIONS: usize = 8 * 1024;

/// What a body asks for: `{"query": …, "variables": …, "operationName": …}`.
pub(super) fn document(body: &[u8]) -> Result<GraphDocument, BodyError> {
    let Json::Object(members) = Json::read(body)? else { return Err(BodyError::GraphRequest) };
    let (mut query, mut variables, mut operation) = (None, Vec::new(), None);
    for (name, value) in members {
        match (name.as_str(), value) {
            ("query", Json::Text(text)) => query = Some(text),
            ("operationName", Json::Text(text)) => operation = Some(text),
            ("variables", Json::Object(members)) => variables = members,
            ("variables" | "operationName", Json::Null) => {}
            _ => return Err(BodyError::GraphRequest),
        }
    }
    read(&query.ok_or(BodyError::GraphRequest)?, &variables, operation.as_deref())
}

fn read(query: &str, variables: &[(String, Json)], wanted: Option<&str>) -> Result<GraphDocument, BodyError> {
    // A comment ends at a line feed for everyone; at a lone carriage return only for some.
    let lines = query.replace("\r\n", "\n");
    if lines.contains(|letter: char| letter.is_control() && !matches!(letter, '\n' | '\t')) {
        return Err(BodyError::GraphDocument);
    }
    let tree = Parser::new(query).recursion_limit(DEEPEST).token_limit(MOST_TOKENS).parse();
    if tree.errors().len() > 0 {
        return Err(BodyError::GraphDocument);
    }
    let mut fragments = HashMap::new();
    let mut operations = Vec::new();
    for definition in tree.document().definitions() {
        if let cst::Definition::FragmentDefinition(fragment) = definition {
            let name =
                fragment.fragment_name().and_then(|name| name.name()).ok_or(BodyError::GraphDocument)?;
            if fragments.insert(text(&name), fragment).is_some() {
                return Err(BodyError::GraphMeaning);
            }
        } else if let cst::Definition::OperationDefinition(operation) = definition {
            operations.push(operation);
        } else {
            return Err(BodyError::GraphDocument);
        }
    }
    let operation = meant(&operations, wanted)?;
    let mut expansion = Expansion { fragments, variables, defaults: defaults(operation), selections: 0 };
    let set = operation.selection_set().ok_or(BodyError::GraphDocument)?;
    let selections = expansion.of(&set, 0, Level::Root)?;
    Ok(GraphDocument { kind: kind(operation), selections })
}

/// The operation that is meant; names must tell them apart.
fn meant<'o>(
    operations: &'o [cst::OperationDefinition],
    wanted: Option<&str>,
) -> Result<&'o cst::OperationDefinition, BodyError> {
    let name = |operation: &cst::OperationDefinition| operation.name().map(|name| text(&name));
    let mut fitting = operations.iter().filter(|operation| match wanted {
        None => true,
        Some(wanted) => name(operation).as_deref() == Some(wanted),
    });
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(BodyError::GraphMeaning),
    }
}

fn kind(operation: &cst::OperationDefinition) -> GraphKind {
    match operation.operation_type() {
        Some(kind) if kind.mutation_token().is_some() => GraphKind::Mutation,
        Some(kind) if kind.subscription_token().is_some() => GraphKind::Subscription,
        Some(_) | None => GraphKind::Query,
    }
}

/// Texts that variables have where the request gives them none.
fn defaults(operation: &cst::OperationDefinition) -> HashMap<String, String> {
    let definitions = operation.variable_definitions();
    let definitions = definitions.iter().flat_map(cst::VariableDefinitions::variable_definitions);
    definitions
        .filter_map(|definition| {
            let name = definition.variable()?.name()?;
            let cst::Value::StringValue(value) = definition.default_value()?.value()? else { return None };
            Some((text(&name), plain(&value)?))
        })
        .collect()
}

/// Puts fragments where they are used, and texts where variables stand.
struct Expansion<'v> {
    fragments: HashMap<String, cst::FragmentDefinition>,
    variables: &'v [(String, Json)],
    defaults: HashMap<String, String>,
    selections: usize,
}

/// Arguments are of interest at the root only.
#[derive(Clone, Copy)]
enum Level {
    Root,
    Below,
}

/// Name and text.
type Argument = (Box<str>, Box<str>);

impl Expansion<'_> {
    fn of(
        &mut self,
        set: &cst::SelectionSet,
        depth: usize,
        level: Level,
    ) -> Result<Vec<Selection>, BodyError> {
        if depth == DEEPEST {
            return Err(BodyError::GraphDocument);
        }
        let mut selections = Vec::new();
        for selection in set.selections() {
            self.selections += 1;
            if self.selections > MOST_SELECTIONS {
                return Err(BodyError::GraphDocument);
            }
            selections.push(match selection {
                cst::Selection::Field(field) => self.field(&field, depth, level)?,
                cst::Selection::FragmentSpread(spread) => {
                    let name = spread.fragment_name().and_then(|name| name.name());
                    let name = text(&name.ok_or(BodyError::GraphDocument)?);
                    let fragment = self.fragments.get(&name).ok_or(BodyError::GraphMeaning)?;
                    let (on, set) = (fragment.type_condition(), fragment.selection_set());
                    self.fragment(on, set, depth, level)?
                }
                cst::Selection::InlineFragment(fragment) => {
                    self.fragment(fragment.type_condition(), fragment.selection_set(), depth, level)?
                }
            });
        }
        Ok(selections)
    }

    fn field(&mut self, field: &cst::Field, depth: usize, level: Level) -> Result<Selection, BodyError> {
        let name = text(&field.name().ok_or(BodyError::GraphDocument)?);
        let arguments = match (level, field.arguments()) {
            (Level::Root, Some(arguments)) => self.arguments(&arguments)?,
            _ => Vec::new(),
        };
        let selections = match field.selection_set() {
            Some(set) => self.of(&set, depth + 1, Level::Below)?,
            None => Vec::new(),
        };
        Ok(Selection::Field { name: name.into(), arguments, selections })
    }

    fn fragment(
        &mut self,
        on: Option<cst::TypeCondition>,
        set: Option<cst::SelectionSet>,
        depth: usize,
        level: Level,
    ) -> Result<Selection, BodyError> {
        let on = match on {
            None => None,
            Some(on) => {
                let name = on.named_type().and_then(|named| named.name());
                Some(text(&name.ok_or(BodyError::GraphDocument)?).into())
            }
        };
        let selections = self.of(&set.ok_or(BodyError::GraphDocument)?, depth + 1, level)?;
        Ok(Selection::Fragment { on, selections })
    }

    /// Those that are texts.
    fn arguments(&self, arguments: &cst::Arguments) -> Result<Vec<Argument>, BodyError> {
        let mut names = Vec::new();
        let mut texts = Vec::new();
        for argument in arguments.arguments() {
            let name = text(&argument.name().ok_or(BodyError::GraphDocument)?);
            if names.contains(&name) {
                return Err(BodyError::GraphMeaning);
            }
            if let Some(value) = argument.value().and_then(|value| self.resolve(&value)) {
                texts.push((name.as_str().into(), value.into()));
            }
            names.push(name);
        }
        Ok(texts)
    }

    fn resolve(&self, value: &cst::Value) -> Option<String> {
        if let cst::Value::StringValue(value) = value {
            return plain(value);
        }
        let cst::Value::Variable(variable) = value else { return None };
        let name = text(&variable.name()?);
        match self.variables.iter().find(|(known, _)| *known == name) {
            Some((_, Json::Text(given))) => Some(given.clone()),
            Some((_, Json::Null | Json::Object(_) | Json::Other)) => None,
            None => self.defaults.get(&name).cloned(),
        }
    }
}

/// The text of a string that is written without escapes; others have no reading here.
fn plain(value: &cst::StringValue) -> Option<String> {
    let written = value.source_string();
    let written = written.trim();
    let inner = written.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['"', '\\'])).then(|| inner.to_owned())
}

fn text(name: &cst::Name) -> String {
    name.text().to_string()
}

#[cfg(test)]
mod tests;
