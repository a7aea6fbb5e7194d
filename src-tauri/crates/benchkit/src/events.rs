//! How long events take from the service to the application.

use std::{io, time::Duration};

use tokio::{task::JoinSet, time::Instant};

use crate::{client::Asked, told};

/// Opens streams one after another, each once the one before has brought an event, and listens to all of them.
/// Tells the age of events in nanoseconds when they came: of the first of each stream, and of all later ones.
pub(crate) fn run(asked: Asked<'static>, streams: usize, time: Duration) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut first, mut listeners) = (Vec::new(), JoinSet::new());
        let mut opened = Vec::new();
        for _ in 0..streams {
            let mut stream = asked.begin().await?;
            first.extend(stream.events().await?.first());
            opened.push(stream);
        }
        let end = Instant::now() + time;
        for mut stream in opened {
            listeners.spawn(async move {
                let mut ages = Vec::new();
                // What came while the others were opened is old because nobody looked.
                stream.events().await?;
                while let Ok(more) = tokio::time::timeout_at(end, stream.events()).await {
                    ages.extend(more?);
                }
                Ok::<_, io::Error>(ages)
            });
        }
        let later: Vec<Vec<u64>> = listeners.join_all().await.into_iter().collect::<Result<_, _>>()?;
        told("first", &mut first);
        told("later", &mut later.concat());
        Ok(())
    })
}
