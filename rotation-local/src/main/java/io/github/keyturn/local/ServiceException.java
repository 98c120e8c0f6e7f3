package io.github.keyturn.local;

/** An error as the service answers it, with its code and its message. */
public final class ServiceException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String code;

  ServiceException(String code, String message) {
    super(message);
    this.code = code;
  }

  /** The error's name on the wire, such as {@code ResourceNotFoundException}. */
  public String code() {
    return code;
  }

  /** What the service says. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /** Secrets Manager answers nearly every error with 400. */
  int status() {
    return switch (code) {
      case "InternalServiceError" -> 500;
      case "RequestEntityTooLargeException" -> 413;
      default -> 400;
    };
  }

  static ServiceException invalidParameter(String message) {
    return new ServiceException("InvalidParameterException", message);
  }

  static ServiceException invalidRequest(String message) {
    return new ServiceException("InvalidRequestException", message);
  }

  static ServiceException notFound(String message) {
    return new ServiceException("ResourceNotFoundException", message);
  }

  static ServiceException exists(String message) {
    return new ServiceException("ResourceExistsException", message);
  }

  static ServiceException limitExceeded(String message) {
    return new ServiceException("LimitExceededException", message);
  }

  static ServiceException validation(String message) {
    return new ServiceException("ValidationException", message);
  }

  static ServiceException serialization(String message) {
    return new ServiceException("SerializationException", message);
  }

  static ServiceException accessDenied(String message) {
    return new ServiceException("AccessDeniedException", message);
  }

  static ServiceException internal(String message) {
    return new ServiceException("InternalServiceError", message);
  }
}
