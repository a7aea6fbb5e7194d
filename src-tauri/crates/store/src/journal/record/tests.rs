use proptest::{option, prelude::*};

use valetkey_core::{
    activity::{Caller, Outcome, Transport},
    http::Method,
    token::TokenId,
};

use super::*;

/// The record with its description read.
fn read(bytes: &[u8]) -> (RequestId, Timestamp, Description<'_>, Option<Closing>, usize) {
    let Decoded::Record(Record::Opening(opened, closing), length) = decode(bytes) else {
        panic!("it must read back")
    };
    (opened.request, opened.time, Description::parse(opened.description).unwrap(), closing, length)
}

fn closings() -> impl Strategy<Value = Closing> {
    (any::<u64>(), any::<u16>(), any::<[u64; 3]>(), 0..5_u8).prop_map(
        |(request, status, [sent, received, micros], ending)| Closing {
            request: RequestId(request),
            status,
            sent,
            received,
            micros,
            ending: ending::parse(ending).unwrap(),
        },
    )
}

/// An opening with texts of its own.
#[derive(Clone, Debug)]
struct Owned {
    numbers: (u64, i64, Option<usize>, bool, bool),
    token: Option<String>,
    service: Option<String>,
    texts: [String; 3],
    caller: Option<(u32, String)>,
}

impl Owned {
    fn opening(&self) -> Opening<'_> {
        let (request, time, method, refused, unix) = self.numbers;
        let [operation, context, reason] = &self.texts;
        Opening {
            request: RequestId(request),
            time: Timestamp::from_millis(time),
            token: self.token.as_deref().map(|id| TokenId::parse(id).unwrap()),
            service: self.service.as_deref(),
            method: method.map(|number| Method::ALL[number]),
            operation,
            context,
            outcome: if refused { Outcome::Refusal } else { Outcome::Permit },
            reason,
            transport: if unix { Transport::Unix } else { Transport::Tcp },
            caller: self.caller.as_ref().map(|(pid, program)| Caller { pid: *pid, program }),
        }
    }
}

fn openings() -> impl Strategy<Value = Owned> {
    (
        (any::<u64>(), any::<i64>(), option::of(0..Method::ALL.len()), any::<bool>(), any::<bool>()),
        option::of("[0-9A-Za-z]{8}"),
        option::of("[a-z]{1,63}"),
        ["\\PC{0,128}", "\\PC{0,160}", "\\PC{0,40}"],
        option::of((any::<u32>(), "\\PC{0,32}")),
    )
        .prop_map(|(numbers, token, service, texts, caller)| Owned {
            numbers,
            token,
            service,
            texts,
            caller,
        })
}

proptest! {
    #[test]
    fn records_read_back(owned in openings(), closing in option::of(closings()), behind: Vec<u8>) {
        let mut buffer = Vec::new();
        encode_opening(&mut buffer, &owned.opening(), closing.as_ref());
        let length = buffer.len();
        prop_assert!(length <= MAX_LEN);
        buffer.extend(behind);
        let opening = owned.opening();
        let whole = (opening.request, opening.time, Description::of(&opening), closing, length);
        prop_assert_eq!(read(&buffer), whole);
    }

    #[test]
    fn closings_read_back(closing in closings()) {
        let mut buffer = Vec::new();
        encode_closing(&mut buffer, &closing);
        prop_assert_eq!(decode(&buffer), Decoded::Record(Record::Closing(closing), CLOSING_LEN));
    }

    #[test]
    fn no_beginning_of_a_record_is_taken_for_one(owned in openings(), part in 0.0..1.0_f64) {
        let mut buffer = Vec::new();
        encode_opening(&mut buffer, &owned.opening(), None);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss,
            reason = "a fraction of a small length")]
        let length = (buffer.len() as f64 * part) as usize;
        prop_assert_eq!(decode(&buffer[..length]), Decoded::Incomplete);
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(bytes: Vec<u8>) {
        decode(&bytes);
    }

    #[test]
    fn no_payload_with_a_right_checksum_makes_the_decoder_panic(what in 0..5_u8, payload: Vec<u8>) {
        let mut buffer = Vec::new();
        begin(&mut buffer, what);
        buffer.extend(payload);
        finish(&mut buffer);
        let decoded = decode(&buffer);
        prop_assert!(!matches!(decoded, Decoded::Incomplete));
        if let Decoded::Record(Record::Opening(opened, _), _) = decoded {
            Description::parse(opened.description);
        }
    }

    #[test]
    fn a_changed_byte_is_noticed(closing in closings(), place in 0..CLOSING_LEN, change in 1..=u8::MAX) {
        let mut buffer = Vec::new();
        encode_closing(&mut buffer, &closing);
        buffer[place] ^= change;
        prop_assert!(!matches!(decode(&buffer), Decoded::Record(..)));
    }
}

#[test]
fn endless_texts_are_cut_between_characters() {
    let long = "ä".repeat(70_000);
    let mut odd = String::from("x");
    odd.push_str(&long);
    let opening = Opening {
        request: RequestId(1),
        time: Timestamp::from_millis(0),
        token: TokenId::parse("00000000"),
        service: Some(&odd),
        method: None,
        operation: &odd,
        context: &long,
        outcome: Outcome::Refusal,
        reason: &odd,
        transport: Transport::Tcp,
        caller: Some(Caller { pid: 1, program: &long }),
    };
    let mut buffer = Vec::new();
    encode_opening(&mut buffer, &opening, None);
    assert!(buffer.len() <= MAX_LEN);
    let (.., description, _, _) = read(&buffer);
    assert_eq!((description.operation.len(), description.context.len()), (511, 640));
}
