package dev.connpool.actuate;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Why an operation was refused, named as in RFC 9457.
 *
 * @param title what the status code means
 * @param status the status code
 * @param detail a sentence that says what to correct
 */
@JsonPropertyOrder({ "title", "status", "detail" })
public record ProblemDescriptor(String title, int status, String detail) implements OperationResponseBody {
}
