//! What a service says that an operation accepts: `issues=write`, `repo, public_repo`.

use super::ReplyHead;

/// Nothing longer is taken.
const LONGEST: usize = 256;
/// No name in it is longer.
const LONGEST_NAME: usize = 64;

/// The first of these headers that says something, in its known shape; `None` where nothing is in that.
///
/// The shape is names with or without a level, apart by commas and semicolons. No name has a digit or a capital, so that no credential
/// looks like one.
pub(crate) fn accepted(head: &ReplyHead, bytes: &[u8], names: &[Box<str>]) -> Option<Box<str>> {
    names.iter().find_map(|name| head.value(bytes, name).and_then(read))
}

fn read(value: &[u8]) -> Option<Box<str>> {
    let text = std::str::from_utf8(value).ok().filter(|text| text.len() <= LONGEST)?;
    let sets: Option<Vec<String>> = text.split(';').map(set).collect();
    Some(sets?.join("; ").into())
}

fn set(text: &str) -> Option<String> {
    let items: Vec<&str> = text.split(',').map(str::trim).collect();
    items.iter().all(|item| is_item(item)).then(|| items.join(", "))
}

fn is_item(item: &str) -> bool {
    let (name, level) = item.split_once('=').map_or((item, None), |(name, level)| (name, Some(level)));
    let letters = |text: &str, besides: &[u8]| {
        (1..=LONGEST_NAME).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || besides.contains(&byte))
    };
    letters(name, b"_:.-") && level.is_none_or(|level| letters(level, b""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_and_scopes_are_read_in_the_shapes_that_they_have() {
        let read = |text: &str| read(text.as_bytes()).map(String::from);
        assert_eq!(read("issues=write").as_deref(), Some("issues=write"));
        assert_eq!(
            read("pull_requests=read,contents=read; issues=read").as_deref(),
            Some("pull_requests=read, contents=read; issues=read")
        );
        assert_eq!(read("admin:repo_hook,  repo").as_deref(), Some("admin:repo_hook, repo"));
    }

    #[test]
    fn what_has_another_shape_is_not_taken() {
        for other in [
            "",
            " ",
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "0123456789abcdef",
            "issues=write=read",
            "issues=",
            "<script>",
            "a b",
            "issues=write;;",
        ] {
            assert_eq!(read(other.as_bytes()), None, "{other}");
        }
        assert_eq!(read(&b"a".repeat(LONGEST_NAME + 1)), None);
        assert_eq!(read("issues, ".repeat(40).as_bytes()), None);
        assert_eq!(read(b"issues\xff"), None);
    }
}
