//! How large a definition may be. Real ones stay far below; the bounds are against documents made to be slow.

/// Bytes of the whole document.
pub(crate) const DOCUMENT: usize = 32 << 20;
/// Kinds of context.
pub(crate) const CONTEXTS: usize = 64;
/// Permissions.
pub(crate) const PERMISSIONS: usize = 8192;
/// Implications of all permissions together; closing them over takes permissions × implications.
pub(crate) const IMPLICATIONS: usize = 32_768;
/// Operations.
pub(crate) const OPERATIONS: usize = 100_000;
/// Alternatives of one operation, and permissions in one alternative.
pub(crate) const REQUIREMENTS: usize = 64;
/// Query conditions of one operation.
pub(crate) const CONDITIONS: usize = 8;
/// Types of GraphQL.
pub(crate) const TYPES: usize = 4096;
/// Fields of one type.
pub(crate) const FIELDS: usize = 1024;
/// What a look-up goes through one by one: forms like `{file}.tgz` in one place, query variants of one path.
pub(crate) const SIBLINGS: usize = 64;
/// Scopes of one permission.
pub(crate) const SCOPES: usize = 64;
/// Header and parameter names in one list.
pub(crate) const NAMES: usize = 64;
/// Characters of a title or group.
pub(crate) const TITLE: usize = 200;
/// Characters of a description.
pub(crate) const DESCRIPTION: usize = 2000;
/// Bytes of a path template.
pub(crate) const PATH: usize = 2048;
/// Bytes of a parameter's name, header name or query value.
pub(crate) const NAME: usize = 128;
