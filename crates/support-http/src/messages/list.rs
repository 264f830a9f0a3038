use actix_web::{HttpResponse, web};
use support_api::list::List;
use support_api::message::Message;
use support_api::schema;
use support_domain::port::MessageWindow;

use crate::cursor::CursorKey;
use crate::extract::{Caller, Params, PathKey, Query};
use crate::failure::Failure;
use crate::page::cut;
use crate::state::State;

/// Read a ticket's conversation
///
/// By `sequence`, ascending: the first messages after `after`, or the last ones before `before`, or the
/// newest. The cursor leads on in the same direction.
#[utoipa::path(
    get,
    path = "/support/tickets/{id}/messages",
    tag = "messages",
    params(
        ("id" = inline(schema::TicketKey), Path, description = "The ticket's id or number."),
        ("after" = inline(Option<schema::Sequence>), Query, description = "Messages with a sequence above this."),
        ("before" = inline(Option<schema::Sequence>), Query, description = "Messages with a sequence below this."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "How many messages; 50 unless given."),
        ("cursor" = inline(Option<schema::Cursor>), Query, description = "The `nextCursor` of the page before.")
    ),
    responses((status = 200, description = "A page of messages.", body = List<Message>))
)]
pub(crate) async fn list_messages(
    Caller(actor): Caller,
    state: web::Data<State>,
    segment: PathKey,
    params: Params,
) -> Result<HttpResponse, Failure> {
    let mut query = params.read();
    let limit = query.limit();
    let window = window(&mut query, &state.cursors);
    query.finish()?;
    let mut messages = state.desk.messages(&actor, segment.ticket()?, window, limit + 1).await?;
    let next = if let MessageWindow::After(_) = window {
        cut(&mut messages, limit, |last| MessageWindow::After(last.sequence))
    } else {
        // The newest are wanted: what is too much is the oldest.
        messages.reverse();
        let next = cut(&mut messages, limit, |first| MessageWindow::Before(first.sequence));
        messages.reverse();
        next
    };
    let next = next.map(|window| seal(&state.cursors, window));
    Ok(HttpResponse::Ok().json(List::<Message>::of(&messages, next)))
}

fn window(query: &mut Query<'_>, cursors: &CursorKey) -> MessageWindow {
    let after = query.one("after", sequence);
    let before = query.one("before", sequence);
    let cursor = query.cursor(|text| open(cursors, text));
    let given: Vec<&str> = ["after", "before", "cursor"].into_iter().filter(|name| query.has(name)).collect();
    for further in given.iter().skip(1) {
        query.refuse(further, "only one of after, before and cursor may be given");
    }
    let after = after.map(MessageWindow::After);
    after.or(before.map(MessageWindow::Before)).or(cursor).unwrap_or(MessageWindow::Newest)
}

/// A number of digits; those beyond every sequence stand for the last one.
fn sequence(text: &str) -> Result<i64, &'static str> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("must be a whole number, at least 0");
    }
    Ok(text.parse().unwrap_or(i64::MAX))
}

fn seal(cursors: &CursorKey, window: MessageWindow) -> String {
    let (direction, sequence) = match window {
        MessageWindow::After(sequence) => (1, sequence),
        MessageWindow::Before(sequence) => (0, sequence),
        MessageWindow::Newest => (0, i64::MAX),
    };
    let mut place = vec![direction];
    place.extend_from_slice(&sequence.to_be_bytes());
    cursors.seal("messages", &place)
}

fn open(cursors: &CursorKey, cursor: &str) -> Option<MessageWindow> {
    let place: [u8; 9] = cursors.open("messages", cursor)?;
    let (direction, sequence) = place.split_first()?;
    let sequence = i64::from_be_bytes(sequence.try_into().ok()?);
    Some(if *direction == 1 { MessageWindow::After(sequence) } else { MessageWindow::Before(sequence) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_given_in_one_way() {
        let cursors = CursorKey::new([7; 32]);
        let read = |text: &str| {
            let params = Params::parse(text).expect("UTF-8");
            let mut query = params.read();
            let window = window(&mut query, &cursors);
            query.finish().map(|()| window).map_err(|failure| failure.problem().status)
        };
        assert_eq!(read(""), Ok(MessageWindow::Newest));
        assert_eq!(read("after=17"), Ok(MessageWindow::After(17)));
        assert_eq!(read("before=99999999999999999999"), Ok(MessageWindow::Before(i64::MAX)));
        for window in [MessageWindow::After(3), MessageWindow::Before(4)] {
            assert_eq!(read(&format!("cursor={}", seal(&cursors, window))), Ok(window));
        }
        for bad in ["after=1&before=3", "after=-1", "after=x", "after=", "cursor=x"] {
            assert_eq!(read(bad), Err(422), "{bad}");
        }
    }
}
