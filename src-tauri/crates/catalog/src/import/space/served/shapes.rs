//! The JSON that is served: `HA_Model` with its parts, and `RightsWithHierarchy`, as far as they are read.

use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Api {
    pub(super) resources: Vec<Resource>,
}

#[derive(Deserialize)]
pub(super) struct Resource {
    pub(super) id: String,
    pub(super) path: Segments,
    #[serde(rename = "parentResource")]
    pub(super) parent: Option<Reference>,
    #[serde(rename = "nestedResources")]
    pub(super) nested: Option<Vec<Resource>>,
    #[serde(default)]
    pub(super) endpoints: Vec<Served>,
}

#[derive(Deserialize)]
pub(super) struct Reference {
    pub(super) id: String,
}

#[derive(Deserialize)]
pub(super) struct Segments {
    pub(super) segments: Vec<Segment>,
}

#[derive(Deserialize)]
#[serde(tag = "className")]
pub(super) enum Segment {
    #[serde(rename = "HA_PathSegment.Const")]
    Const { value: String },
    #[serde(rename = "HA_PathSegment.Var")]
    Var { name: String },
    #[serde(rename = "HA_PathSegment.PrefixedVar")]
    PrefixedVar { prefix: String, name: String },
}

#[derive(Deserialize)]
pub(super) struct Served {
    pub(super) method: Method,
    pub(super) path: Segments,
    pub(super) rights: Option<Vec<NamedRight>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NamedRight {
    pub(super) right_unique_code: String,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Method {
    RestCreate,
    RestQuery,
    RestGet,
    RestUpdate,
    RestDelete,
    HttpGet,
    HttpPost,
    HttpPatch,
    HttpPut,
    HttpDelete,
}

impl Method {
    pub(super) const fn http(self) -> &'static str {
        match self {
            Self::RestQuery | Self::RestGet | Self::HttpGet => "GET",
            Self::RestCreate | Self::HttpPost => "POST",
            Self::RestUpdate | Self::HttpPatch => "PATCH",
            Self::HttpPut => "PUT",
            Self::RestDelete | Self::HttpDelete => "DELETE",
        }
    }
}

/// `RightsWithHierarchy`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    pub(super) rights: Vec<OfType>,
    #[serde(default)]
    pub(super) rights_groups: Vec<Group>,
    #[serde(default)]
    pub(super) deps: Vec<Deps>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfType {
    pub(super) right_type: RightType,
    pub(super) rights: Vec<ListedRight>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RightType {
    pub(super) type_code: String,
}

#[derive(Deserialize)]
pub(super) struct ListedRight {
    pub(super) code: String,
    pub(super) title: String,
    pub(super) description: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Group {
    pub(super) title: String,
    #[serde(default)]
    pub(super) priority: i64,
    pub(super) rights: Vec<GroupedRight>,
}

#[derive(Deserialize)]
pub(super) struct GroupedRight {
    pub(super) code: String,
}

#[derive(Deserialize)]
pub(super) struct Deps {
    pub(super) code: String,
    pub(super) deps: Vec<String>,
}
