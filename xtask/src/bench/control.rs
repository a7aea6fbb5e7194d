use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::Path,
};

use crate::error::{Error, Result};

/// A conversation over a profile's control socket: one JSON object a line, each way.
pub(super) struct Control {
    stream: BufReader<UnixStream>,
}

impl Control {
    pub(super) fn connect(profile: &Path) -> Result<Self> {
        let path = profile.join("control.sock");
        let stream = UnixStream::connect(&path).map_err(Error::io("connecting to", &path))?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// The answer to one request, once it has come.
    pub(super) fn ask(&mut self, request: &str) -> Result<String> {
        let failed = |source| Error::Io { doing: "asking over the control socket".to_owned(), source };
        self.stream.get_mut().write_all(format!("{request}\n").as_bytes()).map_err(failed)?;
        let mut reply = String::new();
        self.stream.read_line(&mut reply).map_err(failed)?;
        if reply.is_empty() || reply.starts_with("{\"reply\":\"error\"") {
            return Err(Error::Needed { what: format!("A good answer to {request}"), hint: reply });
        }
        Ok(reply)
    }

    /// A new token with limited access, shown once.
    pub(super) fn create(&mut self, name: &str, grants: &[String]) -> Result<String> {
        let grants: Vec<String> = grants.iter().map(|grant| format!("\"{grant}\"")).collect();
        let grants = grants.join(",");
        let reply = self.ask(&format!(
            "{{\"do\":\"create_token\",\"token\":{{\"name\":\"{name}\",\"scope\":{{\"access\":\"limited\",\
             \"grants\":[{grants}]}},\"expiry\":{{\"expires\":\"never\"}}}}}}"
        ))?;
        text(&reply, "token")
            .map(str::to_owned)
            .ok_or_else(|| Error::Needed { what: "A token in the answer".to_owned(), hint: String::new() })
    }

    pub(super) fn revoke(&mut self, name: &str) -> Result<()> {
        self.ask(&format!("{{\"do\":\"revoke_tokens\",\"tokens\":[\"{name}\"]}}")).map(drop)
    }

    /// The newest record's number; 0 where there is none.
    pub(super) fn newest(&mut self) -> Result<u64> {
        let reply = self.ask("{\"do\":\"activity\",\"filter\":{\"limit\":1}}")?;
        Ok(numbers(&reply, "sequence").next().unwrap_or(0))
    }

    /// How many records there are after this one.
    pub(super) fn records_after(&mut self, after: u64) -> Result<usize> {
        let (mut count, mut before) = (0, i64::MAX.cast_unsigned());
        loop {
            let reply = self.ask(&format!(
                "{{\"do\":\"activity\",\"filter\":{{\"limit\":5000,\"after\":{after},\"before\":{before}}}}}"
            ))?;
            let page: Vec<u64> = numbers(&reply, "sequence").collect();
            let Some(lowest) = page.iter().min() else { return Ok(count) };
            (count, before) = (count + page.len(), *lowest);
        }
    }
}

/// The value of a string field whose value needs no escapes.
pub(super) fn text<'a>(json: &'a str, field: &str) -> Option<&'a str> {
    let (_, after) = json.split_once(&format!("\"{field}\":\""))?;
    after.split('"').next()
}

/// Values of all whole-number fields of this name.
fn numbers<'a>(json: &'a str, field: &str) -> impl Iterator<Item = u64> + use<'a> {
    json.split(&format!("\"{field}\":")).skip(1).map(digits).collect::<Vec<_>>().into_iter()
}

fn digits(text: &str) -> u64 {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_an_answer() {
        let reply = "{\"reply\":\"x\",\"value\":[{\"sequence\":12,\"token\":\"a\"},{\"sequence\":11}]}\n";
        assert_eq!(numbers(reply, "sequence").collect::<Vec<_>>(), [12, 11]);
        assert_eq!(text(reply, "token"), Some("a"));
        assert_eq!(text(reply, "name"), None);
    }
}
