use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::Arc,
};

use super::TokenPolicy;
use crate::token::{Digest, TokenId};

/// So many shards that a change copies a small part of even a million tokens.
const SHARDS: usize = 1024;

type Shard = HashMap<Digest, Arc<TokenPolicy>, BuildHasherDefault<DigestHasher>>;

/// Tokens by digest, and digests by id. A clone shares everything; a change copies one shard.
#[derive(Clone, Debug)]
pub struct TokenTable {
    by_digest: Vec<Arc<Shard>>,
    by_id: Vec<Arc<HashMap<TokenId, Digest>>>,
}

impl Default for TokenTable {
    fn default() -> Self {
        Self { by_digest: vec![Arc::default(); SHARDS], by_id: vec![Arc::default(); SHARDS] }
    }
}

impl TokenTable {
    /// The token whose string has this digest.
    pub fn find(&self, digest: &Digest) -> Option<&Arc<TokenPolicy>> {
        self.by_digest[shard_of(digest)].get(digest)
    }

    /// The token with this id.
    pub fn by_id(&self, id: TokenId) -> Option<&Arc<TokenPolicy>> {
        self.find(self.by_id[shard_of_id(id)].get(&id)?)
    }

    /// All tokens, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<TokenPolicy>> {
        self.by_digest.iter().flat_map(|shard| shard.values())
    }

    pub(super) fn put(&mut self, policy: Arc<TokenPolicy>) {
        let (id, digest) = (policy.token.id, policy.token.digest);
        let replaced = Arc::make_mut(&mut self.by_id[shard_of_id(id)]).insert(id, digest);
        if let Some(old) = replaced.filter(|old| *old != digest) {
            Arc::make_mut(&mut self.by_digest[shard_of(&old)]).remove(&old);
        }
        Arc::make_mut(&mut self.by_digest[shard_of(&digest)]).insert(digest, policy);
    }

    pub(super) fn remove(&mut self, id: TokenId) {
        if let Some(digest) = Arc::make_mut(&mut self.by_id[shard_of_id(id)]).remove(&id) {
            Arc::make_mut(&mut self.by_digest[shard_of(&digest)]).remove(&digest);
        }
    }
}

fn shard_of(digest: &Digest) -> usize {
    let bytes = digest.as_bytes();
    usize::from(u16::from_le_bytes([bytes[30], bytes[31]])) % SHARDS
}

fn shard_of_id(id: TokenId) -> usize {
    id.as_str().bytes().fold(0usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)))
        % SHARDS
}

/// A digest is uniformly spread already; its first eight bytes are its hash. Nobody can choose where a token of theirs
/// falls, since only the owner puts tokens in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    fn write_usize(&mut self, _length: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}
