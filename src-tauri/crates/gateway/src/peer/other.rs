/// Elsewhere only the number of the process is known without native calls; the activity log then shows that.
pub(super) fn program(_pid: u32) -> Option<String> {
    None
}
