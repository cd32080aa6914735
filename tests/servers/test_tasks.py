"""The list of tasks of every product."""

from servers.faces import Face
from servers.record import Server

LIST = "tasks.ListTasks"


def test_the_list_itself_is_a_task(face: Face, server: Server) -> None:
    answer = face.succeed(server, LIST, {"actions": ["cluster:monitor/tasks/lists"], "detailed": True})
    assert {task["action"] for task in answer["tasks"]} == {"cluster:monitor/tasks/lists"}


def test_tasks_that_are_done_are_waited_for(face: Face, server: Server) -> None:
    values = {"actions": ["indices:admin/forcemerge"], "wait_for_completion": True, "timeout": "20s"}
    assert face.succeed(server, LIST, values).get("tasks", []) == []
