"""A small stand-in for Qualtrics: a form, the API behind it and the events it sends."""

from demo.qualtrics.stand_in import TOKEN, Behavior, Circumstances, StandIn, WorkflowTask

__all__ = ["TOKEN", "Behavior", "Circumstances", "StandIn", "WorkflowTask"]
