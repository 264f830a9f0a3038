//! Notifications by hand, and everybody's own list of notifications.

use crate::command::{Notify, Recipient};
use crate::entity::{Action, Notification, NotificationKind};
use crate::error::{Entity, Error, RuleViolation};
use crate::id::NotificationId;
use crate::rules::access;
use crate::usecase::UseCaseContext;
use crate::value::{Channel, Status};

/// Tells a ticket's customer or handler something; returns the notification in the app, if it is one.
pub(crate) fn notify(work: &mut UseCaseContext<'_>, command: &Notify) -> Result<Option<Notification>, Error> {
    access::staff(work.actor)?;
    let ticket = work.lock_ticket(command.ticket)?;
    if ticket.status == Status::Closed {
        return Err(RuleViolation::TicketClosed.into());
    }
    let (user, whom) = match command.to {
        Recipient::Customer => (ticket.customer.id, "customer"),
        Recipient::Agent => (ticket.handler().ok_or(RuleViolation::NoHandler)?.id.into(), "agent"),
    };
    let mut channels: Vec<Channel> = Vec::new();
    for channel in &command.channels {
        if !channels.contains(channel) {
            channels.push(*channel);
        }
    }
    if channels.is_empty() {
        channels.push(Channel::InApp);
    }
    let sent =
        work.notify_via(user, &ticket, NotificationKind::Manual, command.message.as_str(), &channels)?;
    let names: Vec<&str> = channels.iter().map(|channel| channel.as_str()).collect();
    work.append_history(
        &ticket,
        Action::NotificationSent,
        format!("Notified the {whom} ({})", names.join(", ")),
    )?;
    Ok(sent)
}

/// The actor's own notifications, newest first.
pub(crate) fn list(
    work: &mut UseCaseContext<'_>,
    before: Option<NotificationId>,
    limit: u32,
) -> Result<Vec<Notification>, Error> {
    Ok(work.tx.notifications().list(work.actor.id, before, limit)?)
}

/// Marks one of the actor's own notifications as read.
pub(crate) fn mark_read(work: &mut UseCaseContext<'_>, id: NotificationId) -> Result<Notification, Error> {
    let notification = work.tx.notifications().mark_read(work.actor.id, id, work.now)?;
    notification.ok_or(Error::NotFound(Entity::Notification))
}
