use serde::Serialize;

use super::Document;
use crate::Error;

impl Document {
    /// As a file: its fields in one order, one context, permission or operation a line, so that a change shows as the lines it changes.
    pub(crate) fn text(&self) -> Result<String, Error> {
        let mut fields = vec![
            field("version", &self.version)?,
            field("kind", &self.kind)?,
            field("title", &self.title)?,
            field("description", &self.description)?,
        ];
        let mut present = |name, value: Option<String>| fields.extend(value.map(|text| named(name, &text)));
        present("source", written(self.source.as_ref())?);
        present("base_url", written(self.base_url.as_ref())?);
        present("needs_base_url", written(self.needs_base_url.as_ref())?);
        present("needs_credential", written(self.needs_credential.as_ref())?);
        present("credential_form", written(self.credential_form.as_ref())?);
        present("endpoints", written((!self.endpoints.0.is_empty()).then_some(&self.endpoints))?);
        present("client_headers", written(filled(&self.client_headers))?);
        present("contexts", filled(&self.contexts).map(lines).transpose()?);
        fields.push(named("permissions", &lines(&self.permissions)?));
        fields.push(named("operations", &lines(&self.operations)?));
        if let Some(by_number) = filled(&self.by_number) {
            fields.push(named("by_number", &lines(by_number)?));
        }
        if let Some(closed) = filled(&self.closed) {
            fields.push(named("closed", &lines(closed)?));
        }
        if let Some(graph) = &self.graphql {
            fields.push(field("graphql", graph)?);
        }
        fields.push(field("switches", &self.switches)?);
        Ok(format!("{{\n{}\n}}\n", fields.join(",\n")))
    }
}

fn filled<T>(list: &[T]) -> Option<&[T]> {
    (!list.is_empty()).then_some(list)
}

fn written<T: Serialize + ?Sized>(value: Option<&T>) -> Result<Option<String>, Error> {
    Ok(value.map(serde_json::to_string).transpose()?)
}

fn field<T: Serialize>(name: &str, value: &T) -> Result<String, Error> {
    Ok(named(name, &serde_json::to_string(value)?))
}

fn named(name: &str, value: &str) -> String {
    format!("\"{name}\": {value}")
}

fn lines<T: Serialize>(items: &[T]) -> Result<String, Error> {
    let lines = items.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    Ok(if lines.is_empty() { "[]".into() } else { format!("[\n{}\n]", lines.join(",\n")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_as_it_was() {
        let shipped = include_str!("../../definitions/github.json");
        let written = Document::read(shipped).unwrap().text().unwrap();
        assert_eq!(Document::read(&written).unwrap().text().unwrap(), written);
        let value = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let (was, is) = (value(shipped), value(&written));
        for field in
            ["kind", "source", "base_url", "endpoints", "contexts", "permissions", "operations", "by_number"]
        {
            assert_eq!(is[field], was[field], "{field}");
        }
    }
}
